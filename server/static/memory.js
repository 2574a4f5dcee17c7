// What a page remembers on this machine. Private windows and locked-down machines refuse storage: then a
// choice lasts for as long as the page.

/** Keep a text under a key; whether it will last. */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    return false;
  }
  return true;
}

/** The text kept under a key, or null. */
export function recall(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
