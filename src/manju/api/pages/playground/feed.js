// What was ordered: a card for each order, the newest first, kept up to date without touching what has not changed.

import * as store from "./store.js";
import { moment, money, t, told } from "./text.js";

const $ = (id) => document.getElementById(id);
const cards = new Map();
let reuse = () => {};

/** Show every order. `again(order)` puts one into the form. */
export function start(again) {
  reuse = again;
  $("feed-note").textContent = t("feed_note");
  for (const one of store.jobs()) show(one);
  bare();
  setInterval(tick, 1000);
  viewer();
}

/** An order is new, or has changed. */
export function show(one) {
  let card = cards.get(one.id);
  if (!card) {
    card = make(one);
    cards.set(one.id, card);
    const after = [...$("jobs").children].find((each) => Number(each.dataset.at) < one.at);
    $("jobs").insertBefore(card.element, after ?? null);
    bare();
  }
  update(card, one);
}

/** An order was removed, here or in another tab. */
export function drop(which) {
  cards.get(which)?.element.remove();
  cards.delete(which);
  bare();
}

export function reveal(which) {
  cards.get(which)?.element.scrollIntoView({ block: "start", behavior: "smooth" });
}

function bare() {
  $("empty").hidden = cards.size > 0;
  $("feed-note").hidden = cards.size === 0;
}

function element(name, className = "", text = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function button(className, text, work) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", () => work(made));
  return made;
}

function link(text, url, name) {
  const made = element("a", "button second", text);
  Object.assign(made, { href: url, download: name });
  return made;
}

async function copy(text, by) {
  const field = element("textarea", "hidden");
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    field.value = text; // no clipboard without TLS
    (by.closest("dialog") ?? document.body).append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    by.focus();
  }
  const before = by.dataset.label ?? by.textContent;
  by.dataset.label = before;
  by.textContent = t("copied");
  setTimeout(() => (by.textContent = before), 1500);
}

function make(one) {
  const box = element("li", "job");
  box.dataset.at = one.at;
  box.dataset.id = one.id;
  const head = element("div", "job-head");
  const state = element("span", "pill");
  const clock = element("span", "clock");
  const when = element("time", "when", moment(one.at));
  when.dateTime = new Date(one.at).toISOString();
  head.append(state, element("span", "model", one.model), clock, when);
  const prompt = element("p", "prompt", one.form.prompt);
  const facts = element("ul", "facts");
  const note = element("p", "job-note");
  note.hidden = true;
  const [wide, high] = shapeOf(one);
  const made = element("div", `made ${one.kind} ${one.tasks.length > 1 ? "many" : "one"} ${wide > high ? "wide" : ""}`);
  const actions = element("div", "job-actions");
  const again = button("second", t("reuse"), () => reuse(store.job(one.id) ?? one));
  const gone = button("quiet", t("remove"), () => {
    if (gone.dataset.sure) {
      store.forget(one);
      drop(one.id);
      return;
    }
    gone.dataset.sure = "yes";
    gone.textContent = t("sure");
    setTimeout(() => {
      delete gone.dataset.sure;
      gone.textContent = t("remove");
    }, 3000);
  });
  actions.append(again, button("quiet", t("copy_prompt"), (by) => copy(one.form.prompt, by)), gone);
  box.append(head, prompt, facts, note, made, actions);
  if ([...one.form.prompt].length > 140 || one.form.prompt.includes("\n")) longer(prompt);
  return { element: box, state, clock, facts, note, made, gone, tiles: [] };
}

function longer(prompt) {
  prompt.classList.add("clamped");
  const more = button("quiet more", t("show_more"), () => {
    const open = prompt.classList.toggle("clamped");
    more.textContent = t(open ? "show_more" : "show_less");
    more.setAttribute("aria-expanded", String(!open));
  });
  more.setAttribute("aria-expanded", "false");
  queueMicrotask(() => prompt.after(more));
}

function stateOf({ tasks }) {
  const states = new Set(tasks.map((task) => task.state));
  if (states.has("doubt")) return "doubt";
  for (const each of ["placing", "working"]) if (states.has(each)) return each;
  if (states.has("waiting")) return states.size > 1 ? "working" : "waiting";
  return states.has("done") ? "done" : "failed";
}

function update(card, one) {
  const state = stateOf(one);
  const done = one.tasks.filter((task) => task.state === "done").length;
  card.element.dataset.state = state;
  card.state.className = `pill ${state}`;
  const partly = one.tasks.length > 1 && done && (state !== "done" || done < one.tasks.length);
  card.state.textContent = partly ? t("part", { done, n: one.tasks.length }) : t(state);
  card.job = one;
  card.gone.hidden = !one.ended;
  clocked(card);
  const facts = factsOf(one);
  if (card.told !== facts.join("|")) {
    card.told = facts.join("|");
    card.facts.replaceChildren(...facts.map((each) => element("li", "", each)));
  }
  const note = one.note || (state === "doubt" ? t("doubt_note") : "");
  card.note.hidden = !note;
  if (card.note.textContent !== note) card.note.textContent = note;
  one.tasks.forEach((task, index) => tiled(card, one, task, index));
}

function factsOf({ kind, form, tasks, by, model, price }) {
  const facts = [];
  if (kind === "image" || kind === "video") {
    facts.push(form.ratio);
    facts.push(form.made?.width ? `${form.made.width}×${form.made.height}` : form.size);
    if (kind === "video") facts.push(t("seconds_told", { s: form.made?.seconds ?? form.seconds }));
    if (tasks.length > 1) facts.push(`×${tasks.length}`);
    if (form.refs.length) facts.push(`${t("references")} ${form.refs.length}`);
    facts.push(`${t("seed")} ${form.seed}`);
  } else if (kind === "speech") facts.push(form.voice, `${form.speed}×`);
  if (by && by !== model) facts.push(by);
  // Only what is made is paid for.
  const paid = Number(price?.each ?? 0) * tasks.filter((task) => task.state !== "failed").length;
  if (paid) {
    const amount = money(paid, price.currency);
    facts.push(price.most ? t("price_most", { price: amount }) : amount);
  }
  return facts.filter(Boolean);
}

function clocked({ clock, job }) {
  const seconds = Math.max(0, Math.round(((job.ended || Date.now()) - job.at) / 1000));
  clock.textContent = t("seconds_told", { s: seconds });
}

function tick() {
  for (const card of cards.values()) if (!card.job.ended) clocked(card);
}

// Tiles: one for each version

function tiled(card, one, task, index) {
  const open = !["done", "failed"].includes(task.state);
  const known = card.tiles[index];
  const alike = task.state === "failed" ? likeIt(one, task) : [];
  const now = open ? "open" : `${task.state} ${task.url} ${task.error?.message ?? ""} ${alike}`;
  if (known?.now === now) {
    if (open) advance(known.element, one, task);
    return;
  }
  const made = open ? pending(one) : task.state === "failed" ? failed(one, task, alike) : done(one, task, index);
  if (open) advance(made, one, task);
  made.hidden = alike.length > 0 && alike[0] !== index + 1; // told once
  if (known) known.element.replaceWith(made);
  else card.made.append(made);
  card.tiles[index] = { now, element: made };
}

/** The versions that failed as this one did. */
function likeIt({ tasks }, { error }) {
  const same = (task) => task.error?.code === error.code && task.error.message === error.message;
  return tasks.flatMap((task, index) => (task.state === "failed" && same(task) ? [index + 1] : []));
}

function shapeOf({ form }) {
  return form.made?.width ? [form.made.width, form.made.height] : form.ratio.split(":").map(Number);
}

/** The shape that a picture or clip will have, so that nothing jumps when it comes. */
function shaped(box, one) {
  const [wide, high] = shapeOf(one);
  const ratio = wide / high || 1;
  box.style.aspectRatio = String(ratio);
  if (one.tasks.length === 1) box.style.maxWidth = `min(100%, calc(62vh * ${ratio}))`;
}

function pending(one) {
  const box = element("div", "tile pending");
  if (one.kind === "image" || one.kind === "video") shaped(box, one);
  const bar = element("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", t("working"));
  box.append(bar, element("pre", "text live"));
  return box;
}

function advance(box, one, task) {
  const bar = box.querySelector("progress");
  box.classList.toggle("still", task.state === "doubt");
  if (task.progress > 0) bar.value = task.progress;
  else bar.removeAttribute("value");
  if (one.kind === "text") box.querySelector("pre").textContent = one.text;
}

function failed(one, task, alike) {
  const { what, now } = told(task.error.code);
  const box = element("div", "tile failed");
  box.setAttribute("role", "alert");
  const title = alike.length < one.tasks.length ? `${t("version", { i: alike.join(", ") })}: ${what}` : what;
  box.append(element("strong", "", title), element("p", "", now));
  if (task.error.message) box.append(element("p", "small", task.error.message));
  return box;
}

function done(one, task, index) {
  if (one.kind === "text") return spoken(one);
  if (one.kind === "speech") return sounded(one);
  const box = element("figure", "tile");
  const frame = element("div", "frame");
  shaped(frame, one);
  const name = fileName(one, task, index);
  if (one.kind === "video") {
    // With a time in its address a phone shows a frame of it before it is played.
    const clip = Object.assign(element("video"), { src: `${task.url}#t=0.001`, controls: true, playsInline: true, preload: "metadata", loop: true });
    clip.setAttribute("aria-label", one.form.prompt);
    frame.append(clip);
  } else {
    const open = button("look", "", () => view(one, index));
    open.setAttribute("aria-label", t("open", { i: index + 1 }));
    open.append(Object.assign(element("img"), { src: task.url, alt: one.form.prompt, loading: "lazy", decoding: "async" }));
    frame.append(open);
  }
  const under = element("figcaption");
  under.append(link(t("download"), task.url, name), button("quiet", t("copy_link"), (by) => copy(task.link, by)));
  box.append(frame, under);
  return box;
}

function spoken(one) {
  const box = element("div", "tile said");
  box.append(element("pre", "text", one.text), button("second", t("copy_text"), (by) => copy(one.text, by)));
  return box;
}

function sounded(one) {
  const box = element("div", "tile said");
  store.files.get(`sound/${one.id}`).then((blob) => {
    if (!blob) return box.append(element("p", "note", t("e_gone")));
    const url = URL.createObjectURL(blob);
    const sound = Object.assign(element("audio"), { src: url, controls: true, preload: "metadata" });
    return box.append(sound, link(t("download"), url, fileName(one, { url: ".mp3" }, 0)));
  });
  return box;
}

function fileName(one, task, index) {
  const date = new Date(one.at).toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const model = one.model.replace(/[^\w.-]+/g, "-");
  return `${model}-${date}-${index + 1}${/\.\w+$/.exec(task.url)?.[0] ?? ""}`;
}

// A picture as large as the window

let viewed = null;

function viewer() {
  const box = $("viewer");
  $("viewer-close").addEventListener("click", () => box.close());
  $("viewer-link").addEventListener("click", () => copy(viewed.one.tasks[viewed.index].link, $("viewer-link")));
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const { one, index } = viewed;
    for (let at = index + step; at >= 0 && at < one.tasks.length; at += step) {
      if (one.tasks[at].state === "done") {
        view(one, at);
        return;
      }
    }
  });
}

function view(one, index) {
  const now = store.job(one.id) ?? one;
  const task = now.tasks[index];
  viewed = { one: now, index };
  $("viewer-title").textContent = now.tasks.length > 1 ? t("version", { i: index + 1 }) : now.model;
  Object.assign($("viewer-picture"), { src: task.url, alt: now.form.prompt });
  Object.assign($("viewer-save"), { href: task.url, download: fileName(now, task, index) });
  if (!$("viewer").open) $("viewer").showModal();
}
