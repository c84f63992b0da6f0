// The form: what is asked for, its price before it is sent, and the key that pays.

import { Failure, json, key } from "./api.js";
import { request, wake } from "./orders.js";
import * as store from "./store.js";
import { money, t, told } from "./text.js";

const RATIOS = ["1:1", "4:3", "3:4", "3:2", "2:3", "16:9", "9:16", "21:9", "2.39:1", "4:1", "1:4"];
const SIZES = { image: ["1K", "2K", "4K"], video: ["720p", "1080p"] };
const VOICES = ["alloy", "nova", "shimmer", "coral", "sage", "onyx", "echo", "fable", "female", "male"];
const KINDS = ["image", "video", "speech", "text"];
const MOST_VERSIONS = 8;
const MOST_REFS = 14;
const LARGEST = 20 << 20;
const TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const QUOTE_MS = 250;

const $ = (id) => document.getElementById(id);
let models = [];
let refs = [];
let quoted = null;
const size = { image: "1K", video: "720p" };

/** A model by its name; undefined if there is none. */
const model = () => models.find((each) => each.id === $("model").value);
const kind = () => model()?.modality ?? "image";
const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`)?.value;

/** Build the form and fill it with the draft. `send(kind, model, form, quote)` is called with each order. */
export function start(send) {
  radios("ratios", "ratio", [...RATIOS, "free"], (value) => (value === "free" ? t("free") : value), glyph);
  radios("versions", "n", Array.from({ length: MOST_VERSIONS }, (_, index) => String(index + 1)), String);
  for (const voice of VOICES) $("voices").append(new Option(voice, voice));
  fill(store.draft.get());
  $("order").addEventListener("input", noted);
  $("order").addEventListener("change", noted);
  $("order").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(send);
  });
  $("order").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      $("order").requestSubmit();
    }
  });
  $("model").addEventListener("change", shape);
  $("files").addEventListener("change", async () => {
    await add([...$("files").files]);
    $("files").value = "";
  });
  dropped();
  keyed();
  if (key.get()) load(key.get());
  else openKey(true);
}

// The key

function keyed() {
  $("key").value = key.get();
  $("key-keep").checked = key.kept();
  $("key-note").textContent = t("key_where");
  $("key-open").addEventListener("click", () => openKey($("key-box").hidden));
  $("key-use").addEventListener("click", () => use());
  $("key").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    use();
  });
  $("key-keep").addEventListener("change", () => {
    if (key.get()) key.set(key.get(), $("key-keep").checked);
  });
  keyShown();
}

export function openKey(open) {
  $("key-box").hidden = !open;
  $("key-open").setAttribute("aria-expanded", String(open));
  if (open) $("key").focus();
}

function keyShown() {
  $("key-open").textContent = key.get() ? t("key_is", { hint: key.hint() }) : t("key_none");
}

async function use() {
  const secret = $("key").value.trim();
  if (!secret) return;
  if (await load(secret)) {
    openKey(false);
    $("prompt").focus();
  }
}

/** Get the models that a key may use; a key that works is kept. */
async function load(secret) {
  const note = $("key-note");
  note.className = "note";
  note.textContent = t("key_checking");
  try {
    const { data } = await json("GET", "v1/models", { secret });
    models = data.filter((each) => KINDS.includes(each.modality));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { what, now } = told(error.code);
    note.className = "note bad";
    note.textContent = `${what} ${now}`;
    openKey(true);
    return false;
  }
  key.set(secret, $("key-keep").checked);
  wake();
  note.textContent = `${t("key_good", { count: models.length })} ${$("key-keep").checked ? "" : t("key_lost")}`;
  keyShown();
  listed();
  return true;
}

function listed() {
  const wanted = $("model").value || store.draft.get().model;
  const list = $("model");
  list.replaceChildren();
  for (const each of KINDS) {
    const group = document.createElement("optgroup");
    group.label = t(`models_${each}`);
    for (const { id, served_by } of models.filter(({ modality }) => modality === each)) {
      const away = served_by !== id && served_by.startsWith("offline:");
      group.append(new Option(away ? `${id} · ${t("offline")}` : id, id));
    }
    if (group.children.length) list.append(group);
  }
  list.disabled = !models.length;
  const first = models.find(({ id }) => id === "nano-banana-2") ?? models[0];
  list.value = models.some(({ id }) => id === wanted) ? wanted : first?.id ?? "";
  shape();
}

// The fields

function radios(place, name, values, label, picture) {
  for (const value of values) {
    const choice = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name, value });
    const text = document.createElement("span");
    if (picture) text.append(picture(value));
    text.append(label(value));
    choice.append(input, text);
    $(place).append(choice);
  }
}

/** A small box of the ratio. */
function glyph(value) {
  const box = document.createElement("i");
  const [wide, high] = value === "free" ? [1, 1] : value.split(":").map(Number);
  const unit = 14 / Math.max(wide, high);
  box.style.width = `${Math.max(3, wide * unit)}px`;
  box.style.height = `${Math.max(3, high * unit)}px`;
  if (value === "free") box.className = "open";
  return box;
}

/** Show the fields of the chosen model's kind. */
function shape() {
  const now = kind();
  for (const field of document.querySelectorAll("[data-for]")) {
    field.hidden = !field.dataset.for.split(" ").includes(now);
  }
  const [label, hint] = { speech: ["text", "text_hint"], text: ["question", "question_hint"] }[now] ?? ["prompt", "prompt_hint"];
  $("prompt-label").textContent = t(label);
  $("prompt").placeholder = t(hint);
  if (SIZES[now]) {
    $("sizes").replaceChildren();
    radios("sizes", "size", SIZES[now], String);
    check("size", size[now]);
    $("refs-note").textContent = t(`refs_${now}`);
    $("refs-note").className = "note";
  }
  describe();
  noted();
}

function describe() {
  const one = model();
  $("model-note").textContent = "";
  if (!one) return;
  const away = one.served_by !== one.id;
  const unit = t(one.price.unit === "call" && one.modality === "image" ? "unit_call_image" : `unit_${one.price.unit}`);
  const price = Number(one.price.amount) ? t("costs", { price: money(one.price.amount, one.price.currency), unit }) : "";
  const by = !away ? "" : one.served_by.startsWith("offline:") ? t("by_offline", { by: one.served_by }) : t("by_other", { by: one.served_by });
  $("model-note").textContent = [price, by].filter(Boolean).join(" · ");
}

function check(name, value) {
  const input = document.querySelector(`input[name="${name}"][value="${CSS.escape(value)}"]`);
  if (input) input.checked = true;
  return Boolean(input);
}

/** What the form says. */
function values() {
  const ratio = chosen("ratio");
  const seed = $("seed").value.trim();
  return {
    prompt: $("prompt").value,
    ratio: ratio === "free" ? `${$("free-w").value}:${$("free-h").value}` : ratio,
    size: chosen("size") ?? "",
    seconds: Number($("seconds").value) || 8,
    voice: $("voice").value.trim() || "alloy",
    speed: Number($("speed").value),
    n: Number(chosen("n") ?? 1),
    seed: seed === "" ? null : Number(seed),
    refs: refs.map(({ id, name }) => ({ id, name })),
  };
}

/** Put an order's form, or a draft, into the fields. */
export async function fill(form) {
  $("prompt").value = form.prompt ?? "";
  const ratio = form.ratio ?? "9:16";
  if (!check("ratio", ratio)) {
    check("ratio", "free");
    [$("free-w").value, $("free-h").value] = ratio.split(":");
  }
  if (form.model && models.some(({ id }) => id === form.model)) $("model").value = form.model;
  if (form.size) size[form.size.endsWith("p") ? "video" : "image"] = form.size;
  $("seconds").value = form.seconds ?? 8;
  $("voice").value = form.voice ?? "alloy";
  $("speed").value = form.speed ?? 1;
  check("n", String(form.n ?? 1));
  $("seed").value = form.seed ?? "";
  refs = [];
  shape();
  const found = [];
  for (const each of form.refs ?? []) {
    const blob = await store.files.get(each.id);
    if (blob) found.push({ ...each, url: URL.createObjectURL(blob) });
  }
  if (found.length) refs = found;
  pictured();
  noted();
}

/** Begin with an example: a model of the kind, and these fields. */
export function suit(wanted, fields) {
  const first = kind() === wanted ? model() : models.find(({ modality }) => modality === wanted);
  fill({ ...values(), ratio: fields.ratio || values().ratio, prompt: fields.prompt, model: first?.id });
}

/** Something was changed: keep the draft, and ask for the price. */
function noted() {
  const form = values();
  $("free").hidden = chosen("ratio") !== "free";
  $("speed-told").textContent = `${form.speed.toFixed(2).replace(/0$/, "")}×`;
  $("prompt-note").textContent = form.prompt ? t("count", { count: [...form.prompt].length }) : "";
  $("prompt").classList.remove("bad");
  if (SIZES[kind()] && form.size) size[kind()] = form.size;
  if (models.length) store.draft.set({ ...form, model: $("model").value });
  price();
}

// The price

let timer = 0;
let asking = null;
let asked = "";

/** Ask for the price of what the form says, unless that is what was asked last. Nothing is sent while it is unknown. */
function price() {
  const one = model();
  const form = values();
  const open = SIZES[one?.modality] !== undefined;
  const nothing = one && !open && !form.prompt.trim();
  // The price of a picture or clip does not depend on its prompt.
  const fields = one && request(one.modality, one.id, { ...form, prompt: open ? "-" : form.prompt, seed: 0 }, form.refs.map(() => "-"));
  const body = { ...fields, n: open ? form.n : 1 };
  const now = one && !nothing ? JSON.stringify(body) : "";
  if (now && now === asked) return;
  asked = now;
  clearTimeout(timer);
  asking?.abort();
  quoted = null;
  $("go").disabled = Boolean(now);
  if (!now) shown(t("price_none"), t(one ? "price_text" : "price_key"));
  else {
    $("price").classList.add("old");
    timer = setTimeout(() => quote(body), open ? QUOTE_MS : 2 * QUOTE_MS);
  }
}

async function quote(body) {
  asking = new AbortController();
  try {
    quoted = await json("POST", "v1/quotes", { body, signal: asking.signal });
  } catch (error) {
    if (error.name === "AbortError") return;
    if (!(error instanceof Failure)) throw error;
    if (error.code === "invalid_api_key") await load(key.get());
    const impossible = error.status === 400 || error.status === 404;
    if (!impossible) asked = ""; // asked again with the next change
    $("go").disabled = impossible;
    shown("–", impossible ? error.message : told(error.code).what, true);
    return;
  }
  $("go").disabled = false;
  const amount = Number(quoted.amount) ? money(quoted.amount, quoted.currency) : t("price_free");
  shown(quoted.most && Number(quoted.amount) ? t("price_most", { price: amount }) : amount, noteOf(quoted));
}

function noteOf(answer) {
  const notes = [];
  if (answer.n > 1 && Number(answer.amount)) {
    notes.push(t("price_each", { n: answer.n, each: money(answer.each, answer.currency) }));
  }
  const { width, height, seconds } = answer.effective;
  if (width) {
    const what = `${width}×${height}${seconds ? ` · ${t("seconds_told", { s: seconds })}` : ""}`;
    notes.push(t(Object.keys(answer.changed).length ? "will_be_instead" : "will_be", { what }));
  }
  return notes.join(" · ");
}

function shown(amount, note, bad = false) {
  $("price").textContent = amount;
  $("price").classList.remove("old");
  $("price-note").textContent = note;
  $("price-note").className = bad ? "bad" : "";
}

function submit(send) {
  const one = model();
  if (!one) return openKey(true);
  const form = values();
  if ($("go").disabled) return undefined;
  if (!form.prompt.trim()) {
    $("prompt").classList.add("bad");
    return $("prompt").focus();
  }
  // Chosen here and kept, so that the very same can be asked for again.
  form.seed ??= Math.floor(Math.random() * 2 ** 31);
  if (quoted) form.made = quoted.effective;
  const cost = quoted && { each: quoted.each, currency: quoted.currency, most: quoted.most };
  send(one.modality, one.id, form, cost, quoted?.served_by ?? one.served_by);
  $("go").disabled = true; // a double click is one order
  setTimeout(() => ($("go").disabled = asked !== "" && !quoted), 1000);
  return undefined;
}

// Reference pictures

function pictured() {
  for (const old of $("refs").querySelectorAll(".ref")) old.remove();
  refs.forEach((each, index) => {
    const item = document.createElement("div");
    item.className = "ref";
    const image = Object.assign(document.createElement("img"), { src: each.url, alt: each.name });
    const gone = Object.assign(document.createElement("button"), { type: "button", className: "gone" });
    gone.setAttribute("aria-label", `${t("remove")}: ${each.name}`);
    gone.addEventListener("click", () => {
      refs.splice(index, 1);
      pictured();
      noted();
      $("files").focus();
    });
    item.append(image, gone);
    $("drop").before(item);
  });
  $("drop").hidden = refs.length >= MOST_REFS;
}

async function add(given) {
  const note = $("refs-note");
  const say = (text) => Object.assign(note, { textContent: text, className: "note bad" });
  note.className = "note";
  note.textContent = SIZES[kind()] ? t(`refs_${kind()}`) : "";
  for (const file of given) {
    if (!TYPES.includes(file.type)) say(t("refs_bad", { name: file.name }));
    else if (file.size > LARGEST) say(t("refs_big", { name: file.name }));
    else if (refs.length >= MOST_REFS) say(t("refs_many"));
    else {
      const id = `picture/${store.id()}`;
      await store.files.put(id, file);
      refs.push({ id, name: file.name, url: URL.createObjectURL(file) });
    }
  }
  pictured();
  noted();
}

function dropped() {
  const panel = $("order");
  const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
  panel.addEventListener("dragover", (event) => {
    if (!SIZES[kind()]) return;
    event.preventDefault();
    $("drop").classList.add("over");
  });
  panel.addEventListener("dragleave", () => $("drop").classList.remove("over"));
  panel.addEventListener("drop", (event) => {
    $("drop").classList.remove("over");
    if (!SIZES[kind()] || !event.dataTransfer.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
  panel.addEventListener("paste", (event) => {
    const found = pictures(event.clipboardData);
    if (!found.length || !SIZES[kind()]) return;
    event.preventDefault();
    add(found);
  });
}
