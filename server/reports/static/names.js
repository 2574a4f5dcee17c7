// What the rows of a report are called: agencies, counters, hours, days, in the language spoken now.

import { boot } from "/static/api.js";
import { language, name, t } from "/static/text.js";

const { agencies, counters } = boot.page;
const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const LOCALES = { id: "id-ID", en: "en-GB" };
const agencyById = new Map(agencies.map((agency) => [agency.id, agency]));
const serviceById = new Map(
  agencies.flatMap((agency) => agency.services.map((service) => [service.id, { ...service, agency }])),
);
const counterById = new Map(counters.map((counter) => [counter.id, counter]));

export { WEEKDAYS, agencies };

/** The agency that a service belongs to, by id; undefined of one that the catalogue has no more. */
export function agencyOfService(id) {
  return serviceById.get(id)?.agency.id;
}

/** Whether a counter serves anything of an agency, or one service; "" is any. */
export function isCounterOf(counter, { agency, service }) {
  if (!agency && !service) return true;
  const own = counterById.get(counter)?.services ?? [];
  return own.some((each) => (!service || each === service) && (!agency || agencyOfService(each) === agency));
}

/** The name of a row's key: what the catalogue does not have any more goes by its id. */
export function nameOf(by, key) {
  if (by === "agency") return name(agencyById.get(key)?.name) || key;
  if (by === "service") return name(serviceById.get(key)?.name) || key;
  if (by === "counter")
    return counterById.has(key)
      ? t("reports.counter", { label: counterById.get(key).label })
      : key || t("reports.nobody");
  if (by === "officer") return key || t("reports.nobody");
  if (by === "hour") return hourName(Number(key));
  if (by === "weekday") return weekdayName(key);
  if (by === "hour_weekday") return `${weekdayName(key.slice(0, 3))} ${hourName(Number(key.slice(4)))}`;
  if (by === "month") return monthName(key);
  return by === "day" ? dayName(key) : t("reports.whole_hall");
}

/** What an officer told of a visit: the outcome's name. */
export function resultName(service, result) {
  return result === "" ? t("reports.not_told") : name(serviceById.get(service)?.outcomes[result]) || result;
}

/** "10–11". */
export function hourName(hour) {
  return `${String(hour).padStart(2, "0")}–${String(hour + 1).padStart(2, "0")}`;
}

/** "Senin"; short: "Sen". */
export function weekdayName(weekday, length = "long") {
  const day = `2024-01-0${WEEKDAYS.indexOf(weekday) + 1}`; // a Monday was the first
  return format({ weekday: length }).format(new Date(`${day}T00:00:00Z`));
}

/** "Sen, 2 Nov 2026". */
export function dayName(day) {
  return format({ weekday: "short", day: "numeric", month: "short", year: "numeric" }).format(
    new Date(`${day}T00:00:00Z`),
  );
}

/** "2 Nov". */
export function shortDay(day) {
  return format({ day: "numeric", month: "short" }).format(new Date(`${day}T00:00:00Z`));
}

/** "November 2026". */
export function monthName(month, length = "long") {
  return format({ month: length, year: "numeric" }).format(new Date(`${month}-01T00:00:00Z`));
}

/** "1–22 November 2026": a stretch of days as it is said. */
export function daysName(from, to) {
  const shape = { day: "numeric", month: "long", year: "numeric" };
  const [first, last] = [new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`)];
  if (from === to) return format({ weekday: "long", ...shape }).format(first);
  return format(shape).formatRange(first, last);
}

function format(options) {
  return new Intl.DateTimeFormat(LOCALES[language()], { timeZone: "UTC", ...options });
}
