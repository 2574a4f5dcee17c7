// Finding a service by a visitor's own words, in both languages at once, over names and keywords.

const FILLERS = new Set(
  "saya mau ingin mengurus urus bikin buat membuat minta cari di ke dan untuk yang i want to a the my for and of get".split(" "),
);
const FIELD_WEIGHT = { name: 4, keyword: 3, agency: 2 };

/** Lower case without accents and signs, as words: "KTP-el, hilang" gives ["ktp", "el", "hilang"]. */
export function words(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
}

/** What can be found, made once a snapshot: [{agency, service, fields}]. */
export function index(agencies) {
  return agencies.flatMap((agency) =>
    agency.services.map((service) => ({
      agency,
      service,
      fields: [
        ["name", wordsOf(service.name)],
        ["keyword", (service.keywords ?? []).flatMap(words)],
        ["agency", [...wordsOf(agency.name), ...wordsOf(agency.short_name)]],
      ],
    })),
  );
}

/**
 * The entries that fit `text`, best first. All words must be met; where no service meets them all, those
 * that meet the most. Services that are closed come after the open ones that fit as well.
 */
export function find(entries, text) {
  const asked = meaningful(words(text));
  if (!asked.length) return [];
  const scored = entries.map((entry) => ({ entry, ...score(entry, asked) }));
  const most = Math.max(0, ...scored.map((one) => one.met));
  if (!most) return [];
  return scored
    .filter((one) => one.met === most)
    .sort((a, b) => b.entry.service.open - a.entry.service.open || b.points - a.points)
    .map((one) => one.entry);
}

function meaningful(asked) {
  const telling = asked.filter((word, i) => !FILLERS.has(word) || (i === asked.length - 1 && asked.length === 1));
  return telling.length ? telling : asked;
}

function wordsOf(wording) {
  return wording ? [...new Set([...words(wording.id ?? ""), ...words(wording.en ?? "")])] : [];
}

function score(entry, asked) {
  const best = asked.map((word) =>
    Math.max(...entry.fields.map(([field, known]) => FIELD_WEIGHT[field] * Math.max(0, ...known.map((one) => fit(word, one))))),
  );
  return { met: best.filter(Boolean).length, points: best.reduce((sum, each) => sum + each, 0) };
}

/** How well a typed word fits a known one: 0 to 1. */
function fit(typed, known) {
  if (typed === known) return 1;
  if (known.startsWith(typed)) return 0.8;
  if (known.length >= 4 && typed.startsWith(known)) return 0.6; // "paspornya"
  if (typed.length >= 4 && known.includes(typed)) return 0.4;
  if (typed.length >= 4 && typed[0] === known[0] && oneSlip(typed, known.slice(0, typed.length + 1))) return 0.3;
  return 0;
}

/** Whether two words differ by one letter wrong, missing, too many, or two swapped. */
function oneSlip(a, b) {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i += 1;
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1);
  const swapped = short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
  return swapped || short.slice(i + 1) === long.slice(i + 1);
}
