// Talking to /api/v1 of the server this page came from. One shape of failure: Problem.

const TIMEOUT_MS = 8000;

/** What the server wrote into the page: {texts, csrf, page, version, language}. */
export const boot = JSON.parse(document.getElementById("boot").textContent);

/**
 * A request that did not succeed. `status` is the HTTP status, 0 when no answer came; `code` is the
 * server's stable word ("stale", "closed"), or "offline" without an answer; `errors` is [{path, message}];
 * `retry_after_s` is what the server asked us to wait, or null.
 */
export class Problem extends Error {
  constructor({ status = 0, code = "offline", detail = "", errors = [], retry_after_s = null, body = null }) {
    super(detail || code);
    this.name = "Problem";
    Object.assign(this, { status, code, detail, errors, retry_after_s, body });
  }

  /** Whether the same request, with the same key, may succeed if it is simply sent again. */
  get passing() {
    return this.status === 0 || this.status >= 500;
  }
}

/** A new idempotency key: 128 random bits in hexadecimal (randomUUID is withheld on plain HTTP). */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * GET a path ("/api/v1/hall"). Resolves to its JSON, rejects with Problem. What is long in the making says so by
 * `timeout_ms`.
 */
export function get(path, { timeout_ms } = {}) {
  return request("GET", path, { timeout_ms });
}

/**
 * POST a command. `key` names the press: sending again with the same key does it once.
 * Resolves to the JSON, rejects with Problem. Retries nothing: the caller knows whether to.
 */
export function post(path, body = {}, { key = newKey() } = {}) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  if (boot.csrf) headers["X-CSRF-Token"] = boot.csrf;
  return request("POST", path, { headers, body: JSON.stringify(body) });
}

/** After a login or logout the session has a new CSRF token; later posts carry it. */
export function setCsrf(token) {
  boot.csrf = token;
}

async function request(method, path, { headers = {}, body, timeout_ms = TIMEOUT_MS }) {
  const device = boot.page?.device;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout_ms);
  try {
    const answer = await fetch(path, {
      method,
      body,
      headers: { Accept: "application/json", ...(device && { "X-Antrean-Device": device }), ...headers },
      cache: "no-store",
      credentials: "same-origin",
      signal: controller.signal,
    });
    const text = await answer.text();
    if (!answer.ok) throw problemOf(answer, text);
    return text ? parsed(answer, text) : null;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ detail: String(error) });
  } finally {
    clearTimeout(timer); // only now: the time-out covers the body too
  }
}

function parsed(answer, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ status: answer.status, code: "unreadable" });
  }
}

function problemOf(answer, text) {
  const wait = Number.parseInt(answer.headers.get("Retry-After") ?? "", 10);
  const common = { status: answer.status, retry_after_s: Number.isNaN(wait) ? null : wait };
  try {
    const body = JSON.parse(text);
    return new Problem({ ...common, code: body.code || "unreadable", detail: body.detail, errors: body.errors, body });
  } catch {
    return new Problem({ ...common, code: "unreadable" }); // a proxy's page, not ours
  }
}
