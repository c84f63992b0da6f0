// What this browser keeps: orders (one entry each, so that tabs do not overwrite each other), the draft, and files.

const PREFIX = "manju.playground.";
const JOB = `${PREFIX}job.`;
const MOST = 200;

export function id() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Every order, the newest first. */
export function jobs() {
  const found = [];
  for (let index = 0; index < localStorage.length; index++) {
    const name = localStorage.key(index);
    if (name.startsWith(JOB)) found.push(read(name));
  }
  return found.filter(Boolean).sort((one, other) => other.at - one.at);
}

export const job = (which) => read(JOB + which);

/** Keep an order; the oldest that have ended make room. */
export function keep(one) {
  const old = jobs().filter((each) => each.ended && each.id !== one.id).reverse();
  while (old.length >= MOST) forget(old.shift());
  for (;;) {
    try {
      localStorage.setItem(JOB + one.id, JSON.stringify(one));
      return;
    } catch (error) {
      if (!old.length) throw error;
      forget(old.shift());
    }
  }
}

export function forget(one) {
  localStorage.removeItem(JOB + one.id);
}

export const draft = {
  get: () => read(`${PREFIX}draft`) ?? {},
  set: (value) => localStorage.setItem(`${PREFIX}draft`, JSON.stringify(value)),
};

/** Tells of orders that another tab has changed. */
export function listen(changed) {
  addEventListener("storage", (event) => {
    if (event.key?.startsWith(JOB)) changed(event.key.slice(JOB.length));
  });
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null; // not written by us
  }
}

// Files: reference pictures, and sounds that were made. Where the browser keeps none, they live as long as the page.

const memory = new Map();
let opened;

function database() {
  opened ??= new Promise((resolve) => {
    let asked;
    try {
      asked = indexedDB.open("manju-playground", 1);
    } catch {
      resolve(null);
      return;
    }
    asked.onupgradeneeded = () => asked.result.createObjectStore("files");
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
  });
  return opened;
}

async function run(mode, work) {
  const base = await database();
  if (!base) return undefined;
  return new Promise((resolve) => {
    const change = base.transaction("files", mode);
    const asked = work(change.objectStore("files"));
    change.oncomplete = () => resolve(asked.result);
    change.onerror = change.onabort = () => resolve(undefined);
  });
}

export const files = {
  async put(name, blob) {
    memory.set(name, blob);
    await run("readwrite", (store) => store.put(blob, name));
  },
  get: async (name) => memory.get(name) ?? (await run("readonly", (store) => store.get(name))),
  /** Remove what nobody refers to. */
  async sweep(wanted) {
    for (const name of (await run("readonly", (store) => store.getAllKeys())) ?? []) {
      if (!wanted.has(name)) await run("readwrite", (store) => store.delete(name));
    }
  },
};

/** The names of the files that orders and the draft refer to. */
export function referred() {
  const wanted = new Set((draft.get().refs ?? []).map((each) => each.id));
  for (const one of jobs()) {
    wanted.add(`sound/${one.id}`);
    for (const each of one.form.refs ?? []) wanted.add(each.id);
  }
  return wanted;
}
