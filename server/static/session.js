// A person's login on this page: it is kept in a cookie, and each has a CSRF token of its own.

import { setCsrf } from "/static/api.js";
import { deliver } from "/static/delivery.js";

/** Log in. Resolves to the person, {name, role}; rejects with Problem. */
export async function login(name, password) {
  const answer = await deliver("/api/v1/session", { name, password });
  setCsrf(answer.csrf);
  return answer.user;
}

/** Log out; a session that is over already is no problem. */
export async function logout() {
  try {
    const answer = await deliver("/api/v1/session/end", {});
    setCsrf(answer.csrf ?? "");
  } catch (problem) {
    if (problem.status !== 401) throw problem;
  }
}
