// Sending a command so that it counts once: one key for one press, and one more try with the same key
// when no answer came, because then nobody knows whether the first one arrived.

import { get, newKey, post, setCsrf } from "/static/api.js";

/** POST `body` with `key`. Resolves to the answer; rejects with the Problem of the last try. */
export async function deliver(path, body, key = newKey()) {
  try {
    return await post(path, body, { key });
  } catch (problem) {
    if (problem.code === "csrf") await freshCsrf();
    else if (problem.status !== 0) throw problem;
  }
  return post(path, body, { key });
}

/** Another tab's login or logout gave the session a new token; ours is old. */
async function freshCsrf() {
  const session = await get("/api/v1/session");
  setCsrf(session.csrf);
}
