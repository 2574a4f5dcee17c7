// By which profile this counter works: seen in the bar, switched with one key.

import { name, t } from "/static/text.js";
import { choicesDialog } from "/counter/static/choices.js";
import { serviceWords } from "/counter/static/phrases.js";

/** Whether there is anything to choose from. */
export function hasProfiles(snapshot) {
  return (snapshot?.counter.profiles.length ?? 0) > 1;
}

/** The profile by which a counter works now, or null where it has no others than its usual one. */
export function profileOf({ counter }) {
  return counter.profiles.find((each) => each.id === counter.profile) ?? null;
}

/** "Biasa" for the usual profile, another's by the name that the hall gives it. */
export function profileWords(profile) {
  return profile.id === null ? t("counter.profile_usual") : name(profile.name);
}

/** "Profil Pagi: loket ini sekarang melayani Akta, KTP." with the key of the sentence. */
export function profileTold(key, terminal) {
  const profile = profileOf(terminal.snapshot);
  return profile ? t(key, { name: profileWords(profile), services: servicesWords(profile, terminal) }) : "";
}

function servicesWords(profile, { snapshot, hall }) {
  return profile.services.map((service) => serviceWords(snapshot, service, hall)).join(", ");
}

export function profileDialog(terminal) {
  const dialog = choicesDialog("profile");

  function open() {
    const now = terminal.snapshot.counter.profile;
    const answers = terminal.snapshot.counter.profiles.map((profile) => ({
      label: profileWords(profile),
      note: servicesWords(profile, terminal),
      mark: profile.id === now ? t("counter.profile_now") : "",
      take: () => take(profile),
    }));
    dialog.ask(t("counter.profile_title"), answers);
  }

  function take({ id: profile }) {
    terminal.press("profile", { profile }, { done: () => profileTold("counter.done_profile", terminal) });
  }

  return { ...dialog, open };
}
