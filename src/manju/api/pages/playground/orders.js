// Orders: from the form to the request, placed, followed to their end, and taken up again after a reload.
//
// An order is kept before it is sent, under a name (its id) that the server knows it by: sent again after a reload or a
// broken connection it is the same order, and is not bought twice.

import { Failure, call, json, key, own } from "./api.js";
import * as store from "./store.js";
import { t } from "./text.js";

const FIRST_MS = 700;
const SLOWEST_MS = 5000;
const HIDDEN_MS = 10000;
const listeners = new Set();

/** Be told of every change of an order. */
export function watch(listener) {
  listeners.add(listener);
}

/** The request of an order in the words of its endpoint. `pictures`: its references, as data URIs. */
export function request(kind, model, form, pictures) {
  switch (kind) {
    case "image":
      return { model, prompt: form.prompt, aspect_ratio: form.ratio, image_size: form.size, n: form.n,
        seed: form.seed, ...(pictures.length ? { image: pictures } : {}) };
    case "video":
      return { model, prompt: form.prompt, aspect_ratio: form.ratio, hd: form.size === "1080p",
        duration: String(form.seconds), seed: form.seed, ...(pictures.length ? { images: pictures } : {}) };
    case "speech":
      return { model, input: form.prompt, voice: form.voice, speed: form.speed };
    default:
      return { model, messages: [{ role: "user", content: form.prompt }] };
  }
}

/** Place an order. `price` is what was shown. */
export function place(kind, model, form, price, by) {
  const count = kind === "image" || kind === "video" ? form.n : 1;
  const tasks = Array.from({ length: count }, () => ({ id: "", state: "placing", progress: 0, url: "", error: null }));
  const one = { id: store.id(), at: Date.now(), kind, model, form, price, by, hint: key.hint(), tasks, text: "", note: "", ended: 0 };
  changed(one);
  follow(one.id);
  return one;
}

/** Take up every order that has not ended. */
export function resume() {
  for (const one of store.jobs()) if (!one.ended) follow(one.id);
}

function changed(one) {
  store.keep(one);
  for (const listener of listeners) listener(one);
}

const following = new Set();

function follow(which) {
  if (following.has(which)) return;
  following.add(which);
  const work = () => toTheEnd(which).finally(() => following.delete(which));
  // Of several tabs one follows; if it is closed the next goes on.
  if (navigator.locks) navigator.locks.request(`manju/${which}`, work);
  else work();
}

async function toTheEnd(which) {
  let pause = FIRST_MS;
  for (;;) {
    const one = store.job(which);
    if (!one || one.ended) return;
    if (key.hint() !== one.hint) {
      // With another key it would be another order, or nobody's.
      await stand(one, t("key_needed", { hint: one.hint }), FIRST_MS);
      continue;
    }
    try {
      const stood = JSON.stringify(one.tasks);
      const placing = one.tasks.some((task) => task.state === "placing");
      if (placing) await send(one);
      else await look(one);
      one.note = "";
      if (one.tasks.every((task) => ["done", "failed"].includes(task.state))) one.ended = Date.now();
      pause = placing || JSON.stringify(one.tasks) !== stood ? FIRST_MS : Math.min(SLOWEST_MS, pause * 1.3);
      changed(one);
      if (one.ended) return;
      await sleep(document.hidden ? HIDDEN_MS : pause);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      pause = Math.min(SLOWEST_MS, pause * 2);
      await stumbled(one, error, pause);
    }
  }
}

/** A call for the whole order failed: it ends, or is tried again. */
async function stumbled(one, error, pause) {
  const placing = one.tasks.some((task) => task.state === "placing");
  if (error.passing) {
    const limited = error.code === "rate_limit_exceeded";
    const wait = limited ? (error.after || 10) * 1000 : pause;
    await stand(one, limited ? t("slow_down", { s: Math.ceil(wait / 1000) }) : t("retrying"), wait);
  } else if (error.code === "invalid_api_key" && !placing) {
    await stand(one, t("key_needed", { hint: one.hint }), SLOWEST_MS);
  } else {
    for (const task of one.tasks) if (!["done", "failed"].includes(task.state)) fail(task, error);
    one.note = "";
    one.ended = Date.now();
    changed(one);
  }
}

/** Say why an order does not go on now, and wait. */
async function stand(one, note, ms) {
  if (one.note !== note) {
    one.note = note;
    changed(one);
  }
  await sleep(ms);
}

function fail(task, { code, message }) {
  Object.assign(task, { state: "failed", error: { code, message } });
}

async function send(one) {
  const pictures = [];
  for (const each of one.form.refs ?? []) {
    const blob = await store.files.get(each.id);
    if (!blob) throw new Failure(400, "invalid_value", t("refs_gone"));
    pictures.push(await dataUri(blob));
  }
  const body = request(one.kind, one.model, one.form, pictures);
  await { image: sendPictures, video: sendClips, speech: sendSpeech, text: sendChat }[one.kind](one, body);
}

async function sendPictures(one, body) {
  const { task_id } = await json("POST", "v1/images/generations?async=true", { body, name: one.id });
  const placed = task_id.split(".");
  one.tasks.forEach((task, index) => {
    if (index < placed.length) Object.assign(task, { id: placed[index], state: "waiting" });
    else fail(task, { code: "insufficient_quota", message: t("not_ordered") });
  });
}

async function sendClips(one, body) {
  for (const [index, task] of one.tasks.entries()) {
    if (task.state !== "placing") continue;
    const clip = { ...body, seed: body.seed + index };
    try {
      const { task_id } = await json("POST", "v2/videos/generations", { body: clip, name: `${one.id}/${index}` });
      Object.assign(task, { id: task_id, state: "waiting" });
    } catch (error) {
      // Those that were placed go on, whatever became of this one.
      if (!(error instanceof Failure) || error.passing || index === 0) throw error;
      fail(task, error);
    }
    changed(one);
  }
}

async function sendSpeech(one, body) {
  one.tasks[0].progress = null;
  const response = await call("POST", "v1/audio/speech", { body, name: one.id });
  one.by = response.headers.get("x-manju-model") ?? one.by;
  await store.files.put(`sound/${one.id}`, await response.blob());
  Object.assign(one.tasks[0], { state: "done", progress: 100 });
}

async function sendChat(one, body) {
  const response = await call("POST", "v1/chat/completions", { body: { ...body, stream: true }, name: one.id });
  one.by = response.headers.get("x-manju-model") ?? one.by;
  one.text = "";
  let kept = Date.now();
  for await (const said of events(response)) {
    if (said.error) throw new Failure(502, said.error.code ?? "upstream_error", said.error.message ?? "");
    one.text += said.choices?.[0]?.delta?.content ?? "";
    if (Date.now() - kept > 200) {
      kept = Date.now();
      changed(one);
    }
  }
  if (!one.text) throw new Failure(502, "upstream_no_result", "");
  Object.assign(one.tasks[0], { state: "done", progress: 100 });
}

/** The events of a streamed answer; an answer that is not streamed is one event. */
async function* events(response) {
  if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) {
    const whole = await response.json();
    yield { choices: [{ delta: whole.choices?.[0]?.message ?? {} }] };
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    let piece;
    try {
      piece = await reader.read();
    } catch {
      throw new Failure(0, "offline", "");
    }
    if (piece.done) return;
    text += piece.value;
    const lines = text.split("\n");
    text = lines.pop();
    for (const line of lines) {
      const data = line.startsWith("data:") ? line.slice(5).trim() : "";
      if (data && data !== "[DONE]") yield JSON.parse(data);
    }
  }
}

async function look(one) {
  const open = one.tasks.filter((task) => !["done", "failed"].includes(task.state));
  if (one.kind === "video") for (const task of open) await lookAtClip(task);
  else await lookAtPictures(one, open);
}

async function lookAtClip(task) {
  const seen = await found(task, `v2/videos/generations/${task.id}`);
  if (seen) stands(task, seen, seen.data?.output);
}

/** One look at all; only if something has changed at each that is still open. */
async function lookAtPictures(one, open) {
  const ids = one.tasks.filter((task) => task.id).map((task) => task.id);
  let all;
  try {
    all = (await json("GET", `v1/images/tasks/${ids.join(".")}`)).data;
  } catch (error) {
    if (error.status !== 404) throw error;
  }
  if (all && all.status === one.seen?.status && all.progress === one.seen?.progress) return;
  for (const task of open) {
    const seen = ids.length === 1 && all ? all : (await found(task, `v1/images/tasks/${task.id}`))?.data;
    if (seen) stands(task, seen, seen.data?.data?.[0]?.url);
  }
  one.seen = all && { status: all.status, progress: all.progress };
}

async function found(task, path) {
  try {
    return await json("GET", path);
  } catch (error) {
    if (error.status !== 404) throw error;
    fail(task, error);
    return null;
  }
}

function stands(task, seen, url) {
  const states = { NOT_START: "waiting", IN_PROGRESS: "working", SUCCESS: "done", FAILURE: "failed" };
  task.state = seen.state === "UNKNOWN" ? "doubt" : states[seen.status];
  task.progress = Number.parseInt(seen.progress, 10) || 0;
  if (task.state === "done") Object.assign(task, { url: own(url), link: url });
  if (task.state === "failed") task.error = { code: "failed", message: seen.fail_reason };
}

const sleepers = new Set();

function sleep(ms) {
  return new Promise((resolve) => {
    const awake = () => {
      clearTimeout(timer);
      sleepers.delete(awake);
      resolve();
    };
    const timer = setTimeout(awake, ms);
    sleepers.add(awake);
  });
}

/** Look again now: the page is seen again, the network is back, or there is another key. */
export function wake() {
  for (const awake of [...sleepers]) awake();
}

addEventListener("visibilitychange", wake);
addEventListener("online", wake);

function dataUri(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Failure(400, "invalid_value", t("refs_gone")));
    reader.readAsDataURL(blob);
  });
}
