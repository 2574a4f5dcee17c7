// What every page must give to everybody: names for a screen reader, letters that stand out, targets that a
// finger hits. Answers the list of what is wrong.
(target_px) => {
  const wrong = [];
  const seen = (node) => node.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true }) && !node.closest("[aria-hidden=true]");
  const all = (selector) => [...document.querySelectorAll(selector)].filter(seen);
  const where = (node) => `<${node.tagName.toLowerCase()} class="${node.getAttribute("class") ?? ""}">`;

  // What moves has arrived: colours on their way are nobody's to read.
  for (const each of document.getAnimations()) if (each.effect.getComputedTiming().endTime !== Infinity) each.finish();

  // The page as a whole.
  if (!document.documentElement.lang) wrong.push("no language");
  if (!document.title.trim()) wrong.push("no title");
  if (all("main").length !== 1) wrong.push(`${all("main").length} main landmarks`);
  if (all("h1").filter((each) => each.textContent.trim()).length !== 1) wrong.push(`${all("h1").length} h1`);
  const ids = [...document.querySelectorAll("[id]")].map((each) => each.id);
  for (const id of new Set(ids.filter((each, at) => ids.indexOf(each) !== at))) wrong.push(`id ${id} is there twice`);
  for (const each of all("[tabindex]")) if (each.tabIndex > 0) wrong.push(`${where(each)} jumps the order of tabbing`);

  // Names.
  const named = (each) => (each.getAttribute("aria-label") ?? each.textContent).trim();
  for (const each of all("button, a[href]")) if (!named(each)) wrong.push(`${where(each)} has no name`);
  for (const each of all("input, select, textarea"))
    if (!each.getAttribute("aria-label") && !each.labels.length) wrong.push(`${where(each)} has no label`);
  for (const each of all("img")) if (!each.hasAttribute("alt")) wrong.push(`${where(each)} has no alternative text`);

  // Targets.
  for (const each of all("button, a.button")) {
    const box = each.getBoundingClientRect();
    const size = Math.round(Math.min(box.width, box.height));
    if (size < target_px) wrong.push(`${where(each)} "${named(each)}" is ${size} px small`);
  }

  // Contrast, as WCAG 2.2 reckons it: text against the colour that is painted behind it.
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((channel, at) => channel * a + under[at] * (1 - a));
  const behind = (node) => {
    if (!node) return [255, 255, 255];
    const colour = rgba(getComputedStyle(node).backgroundColor);
    return colour[3] === 1 ? colour.slice(0, 3) : over(colour, behind(node.parentElement));
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((channel) => {
      const share = channel / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const told = new Set();
  while (texts.nextNode()) {
    const node = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || told.has(node) || !seen(node)) continue;
    if (node.closest("script, style, noscript, :disabled, [aria-disabled=true], .visually-hidden")) continue;
    told.add(node);
    const style = getComputedStyle(node);
    const ground = behind(node);
    const [lighter, darker] = [luminance(over(rgba(style.color), ground)), luminance(ground)].sort((a, b) => b - a);
    const ratio = (lighter + 0.05) / (darker + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) wrong.push(`${where(node)} "${node.textContent.trim()}" has a contrast of ${ratio.toFixed(1)}`);
  }
  return wrong;
}
