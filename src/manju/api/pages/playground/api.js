// Calls to the relay API, and the key that they are made with.

const NAME = "manju.playground.key";

export const key = {
  get: () => sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME) ?? "",
  kept: () => localStorage.getItem(NAME) !== null,
  /** In this tab, reloads included; on this device only if `keep`. */
  set(secret, keep) {
    sessionStorage.setItem(NAME, secret);
    if (keep) localStorage.setItem(NAME, secret);
    else localStorage.removeItem(NAME);
  },
  hint: () => key.get().slice(-4),
};

/** A call that did not give what was asked for. `status` 0: the server was not reached. `after`: seconds to wait. */
export class Failure extends Error {
  constructor(status, code, message, after = 0) {
    super(message);
    Object.assign(this, { status, code, after });
  }

  /** The very same call may work later: nothing is wrong with it. */
  get passing() {
    return this.status === 0 || this.code === "rate_limit_exceeded" || [502, 503, 504].includes(this.status) && !this.code;
  }
}

/** The response to a call. Addresses are relative to the page, so that it works below any prefix.
 * `name` is our own for this very order: sent again with it, it is not bought again. */
export async function call(method, path, { body, name, signal, secret = key.get() } = {}) {
  const headers = {};
  if (secret) headers.Authorization = `Bearer ${secret}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (name) headers["Idempotency-Key"] = name;
  let response;
  try {
    response = await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, "offline", "");
  }
  if (response.ok) return response;
  throw await failure(response);
}

async function failure(response) {
  const after = Number(response.headers.get("retry-after")) || 0;
  let error;
  try {
    ({ error } = await response.json());
  } catch {
    error = undefined; // not ours: a proxy's page, perhaps
  }
  const served = error?.code || ![404, 405].includes(response.status);
  const code = error?.code ?? (served ? "" : "not_served");
  return new Failure(response.status, code, error?.message ?? `HTTP ${response.status}`, after);
}

/** The JSON of a response. */
export async function json(...asked) {
  return (await call(...asked)).json();
}

/** Addresses of ours as the page reaches them, whatever name the server goes by. */
export function own(url) {
  const at = url.indexOf("/media/");
  return at < 0 ? url : url.slice(at + 1);
}
