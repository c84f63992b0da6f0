// The page: its parts put together.

import * as feed from "./feed.js";
import * as form from "./form.js";
import * as orders from "./orders.js";
import * as store from "./store.js";
import { EXAMPLES, t, translate } from "./text.js";

const $ = (id) => document.getElementById(id);
const ended = new Set(store.jobs().filter((one) => one.ended).map((one) => one.id));

function say(text) {
  $("say").textContent = text;
}

function changed(one) {
  feed.show(one);
  if (!one.ended || ended.has(one.id)) return;
  ended.add(one.id);
  const made = one.tasks.some((task) => task.state === "done");
  say(t(made ? "said_done" : "said_failed", { prompt: one.form.prompt.slice(0, 60) }));
  if (one.tasks.some((task) => task.error?.code === "invalid_api_key")) form.openKey(true);
}

function send(kind, model, fields, price, by) {
  const one = orders.place(kind, model, fields, price, by);
  say(t("said_sent"));
  feed.reveal(one.id);
}

function again(one) {
  form.fill({ ...one.form, model: one.model });
  $("order").scrollIntoView({ block: "start", behavior: "smooth" });
  $("prompt").focus({ preventScroll: true });
}

function examples() {
  for (const [kind, ratio, prompt] of EXAMPLES) {
    const one = document.createElement("button");
    one.type = "button";
    const what = document.createElement("small");
    what.textContent = `${t(`models_${kind}`)}${ratio && ` ${ratio}`}`;
    one.append(what, prompt);
    one.addEventListener("click", () => {
      form.suit(kind, { prompt, ratio });
      $("prompt").focus();
    });
    $("examples").append(one);
  }
}

translate();
examples();
feed.start(again);
orders.watch(changed);
store.listen((which) => {
  const one = store.job(which);
  if (one) changed(one);
  else feed.drop(which);
});
orders.resume();
form.start(send);
store.files.sweep(store.referred());
