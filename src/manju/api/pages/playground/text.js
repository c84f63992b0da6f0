// Every text of the page, in English and Chinese; the browser's language chooses.

const TEXTS = {
  en: {
    title: "Playground", order: "New order",
    key: "API key", key_use: "Use", key_keep: "Remember it on this device",
    key_none: "Enter API key", key_is: "Key …{hint}", key_checking: "Checking the key…",
    key_good: "The key works: {count} models.", key_where: "The operator makes one with: manju keys create NAME",
    key_lost: "Without “remember” it is forgotten when this tab is closed.",
    model: "Model", models_image: "Pictures", models_video: "Clips", models_speech: "Speech", models_text: "Text",
    by_offline: "No channel serves this name here: {by} makes it on this server, free.",
    by_other: "Made by {by}.", costs: "{price} for {unit}",
    unit_call_image: "a picture", unit_call: "an answer", unit_megapixel: "a megapixel", unit_second: "a second", unit_character: "a character",
    unit_token: "a million tokens given",
    offline: "offline",
    prompt: "Prompt", text: "Text to speak", question: "Message", count: "{count} characters",
    prompt_hint: "Subject + scene + camera + light + detail + style", text_hint: "What is to be said",
    question_hint: "Ask for a story, a script, a prompt…",
    ratio: "Ratio", free: "Free", wide: "Width part of the ratio", high: "Height part of the ratio",
    resolution: "Resolution", seconds: "Seconds", voice: "Voice", speed: "Speed", versions: "Versions",
    references: "Reference pictures", add_picture: "Add", remove: "Remove", sure: "Really remove?",
    refs_image: "Keeps people, places and things alike. Drop or paste pictures too.",
    refs_video: "One is the first frame, two the first and the last, more show how things look.",
    refs_bad: "{name} is not a PNG, JPEG, WebP or GIF picture.", refs_big: "{name} is larger than 20 MB.",
    refs_many: "14 pictures at most.",
    more: "More", seed: "Seed", seed_note: "Empty: another one each time. Version 2 gets the next number, and so on.",
    go: "Generate", price_free: "Free", price_most: "at most {price}", price_each: "{n} × {each}",
    price_none: "Price", price_key: "Enter a key to see the price",
    price_text: "Write something to see the price", will_be: "made as {what}",
    will_be_instead: "The model offers no other: made as {what}",
    results: "Results", empty: "Nothing made yet. Begin with one of these:",
    feed_note: "Kept in this browser. Closing or reloading the page stops nothing.",
    placing: "Sending", waiting: "Waiting", working: "In progress", done: "Done", failed: "Failed", doubt: "In doubt",
    part: "{done} of {n} done", seconds_told: "{s} s", version: "Version {i}",
    reuse: "Use again", copy_prompt: "Copy prompt", copy_text: "Copy text", copy_link: "Copy link", copied: "Copied",
    download: "Download", close: "Close", open: "Open version {i}", show_more: "Show all", show_less: "Show less",
    not_ordered: "Not ordered: the budget or the task limit was reached.",
    retrying: "The server cannot be reached. The order is safe; trying again…",
    slow_down: "The key's limit of requests a minute is reached; going on in {s} s.",
    key_needed: "This goes on when its key (…{hint}) is entered again.",
    said_done: "Done: {prompt}", said_failed: "Failed: {prompt}", said_sent: "Sent.",
    doubt_note: "The order was sent and the answer was lost. It is not sent again by itself, so that nothing is paid twice; the operator decides (manju orders).",
    refs_gone: "Its reference pictures are not on this device any more.",
    e_invalid_api_key: "The key is wrong or was revoked.", d_invalid_api_key: "Enter another key.",
    e_insufficient_quota: "The budget does not bear this, or too many tasks are in flight.",
    d_insufficient_quota: "Top the account up, wait for a task to end, or choose a cheaper model. Nothing was sent.",
    e_rate_limit_exceeded: "Too many requests.", d_rate_limit_exceeded: "Wait a minute, then send again.",
    e_model_not_found: "The model is not served here.", d_model_not_found: "Choose another model.",
    e_content_policy_violation: "The content was refused.", d_content_policy_violation: "Change the prompt or the pictures. Not charged.",
    e_invalid: "The order cannot be made so.", d_invalid: "Change what the message names.",
    e_upstream: "The model's provider did not deliver.", d_upstream: "Not charged. Send again, or choose another model.",
    e_failed: "It was not made.", d_failed: "Not charged. Change the prompt, send again, or choose another model.",
    e_order_unknown: "The outcome is not known.", d_order_unknown: "It is not sent again by itself; ask the operator.",
    e_gone: "The server does not know this task.", d_gone: "It was placed with another key or on another server.",
    e_not_served: "This server does not offer this yet.", d_not_served: "Choose a model of another kind.",
    e_offline: "The server cannot be reached.", d_offline: "Check the connection, then send again.",
    e_other: "It did not work.", d_other: "Send again; if it stays so, tell the operator.",
  },
  zh: {
    title: "操练场", order: "新建任务",
    key: "API 密钥", key_use: "使用", key_keep: "在此设备上记住",
    key_none: "输入密钥", key_is: "密钥 …{hint}", key_checking: "正在检查密钥…",
    key_good: "密钥可用：{count} 个模型。", key_where: "由管理员创建：manju keys create 名称",
    key_lost: "不勾选“记住”，关闭此标签页后即忘记。",
    model: "模型", models_image: "图片", models_video: "视频", models_speech: "语音", models_text: "文本",
    by_offline: "此名称暂无渠道：由本机的 {by} 离线生成，免费。",
    by_other: "由 {by} 生成。", costs: "{price} / {unit}",
    unit_call_image: "张", unit_call: "次", unit_megapixel: "百万像素", unit_second: "秒", unit_character: "字", unit_token: "百万输入词元",
    offline: "离线",
    prompt: "提示词", text: "朗读文本", question: "消息", count: "{count} 字",
    prompt_hint: "主体 + 场景 + 镜头 + 光照 + 细节 + 风格", text_hint: "要说的话",
    question_hint: "写一个故事、剧本或提示词…",
    ratio: "画幅比例", free: "自定义", wide: "比例的宽", high: "比例的高",
    resolution: "分辨率", seconds: "时长（秒）", voice: "音色", speed: "语速", versions: "版本数",
    references: "参考图", add_picture: "添加", remove: "移除", sure: "确定移除？",
    refs_image: "让人物、场景、物体保持一致。也可拖入或粘贴。",
    refs_video: "一张为首帧，两张为首尾帧，更多则作为参考。",
    refs_bad: "{name} 不是 PNG、JPEG、WebP 或 GIF 图片。", refs_big: "{name} 超过 20 MB。",
    refs_many: "最多 14 张。",
    more: "更多", seed: "随机种子", seed_note: "留空则每次不同；第 2 个版本用下一个数，依次类推。",
    go: "生成", price_free: "免费", price_most: "最多 {price}", price_each: "{n} × {each}",
    price_none: "价格", price_key: "输入密钥后显示价格",
    price_text: "输入内容后显示价格", will_be: "按 {what} 生成",
    will_be_instead: "该模型只提供此规格：按 {what} 生成",
    results: "结果", empty: "还没有作品，从这里开始：",
    feed_note: "保存在此浏览器中。关闭或刷新页面，任务照常进行。",
    placing: "正在提交", waiting: "排队中", working: "生成中", done: "完成", failed: "失败", doubt: "存疑",
    part: "已完成 {done}/{n}", seconds_told: "{s} 秒", version: "版本 {i}",
    reuse: "再次使用", copy_prompt: "复制提示词", copy_text: "复制文本", copy_link: "复制链接", copied: "已复制",
    download: "下载", close: "关闭", open: "打开版本 {i}", show_more: "展开", show_less: "收起",
    not_ordered: "未下单：已达预算或任务数上限。",
    retrying: "暂时连不上服务器。订单安全，正在重试…",
    slow_down: "已达此密钥每分钟的请求上限，{s} 秒后继续。",
    key_needed: "重新输入密钥（…{hint}）后继续。",
    said_done: "完成：{prompt}", said_failed: "失败：{prompt}", said_sent: "已提交。",
    doubt_note: "订单已发出，但回音丢失。为避免重复扣费，不会自动重发；由管理员处理（manju orders）。",
    refs_gone: "它的参考图已不在此设备上。",
    e_invalid_api_key: "密钥有误或已被吊销。", d_invalid_api_key: "请换一个密钥。",
    e_insufficient_quota: "余额或预算不足，或同时进行的任务过多。",
    d_insufficient_quota: "请充值、等任务结束，或换更便宜的模型。订单未发出，未扣费。",
    e_rate_limit_exceeded: "请求过于频繁。", d_rate_limit_exceeded: "请一分钟后再试。",
    e_model_not_found: "此处没有该模型。", d_model_not_found: "请换一个模型。",
    e_content_policy_violation: "内容未通过审核。", d_content_policy_violation: "请修改提示词或图片。未扣费。",
    e_invalid: "无法按此要求生成。", d_invalid: "请按提示修改。",
    e_upstream: "上游未能交付。", d_upstream: "未扣费。请重试或换一个模型。",
    e_failed: "没有生成。", d_failed: "未扣费。请修改提示词、重试，或换一个模型。",
    e_order_unknown: "结果未知。", d_order_unknown: "不会自动重发，请联系管理员。",
    e_gone: "服务器上没有这个任务。", d_gone: "它属于另一个密钥或另一台服务器。",
    e_not_served: "此服务器暂不提供。", d_not_served: "请换另一类模型。",
    e_offline: "连不上服务器。", d_offline: "请检查网络后重试。",
    e_other: "出错了。", d_other: "请重试；若仍如此，请联系管理员。",
  },
};

const KINDS = {
  content_policy_violation: "content_policy_violation", insufficient_quota: "insufficient_quota",
  invalid_api_key: "invalid_api_key", model_not_found: "model_not_found", order_unknown: "order_unknown",
  rate_limit_exceeded: "rate_limit_exceeded", not_found: "gone", task_not_found: "gone", offline: "offline",
  not_served: "not_served", unknown_url: "not_served", method_not_allowed: "not_served",
  conflict: "invalid", invalid_value: "invalid", invalid_request: "invalid", invalid_json: "invalid", request_too_large: "invalid",
  upstream_busy: "upstream", upstream_auth: "upstream", upstream_credit: "upstream", upstream_no_result: "upstream",
  upstream_gone: "upstream", upstream_error: "upstream",
  failed: "failed",
};

export const language = (navigator.language || "en").toLowerCase().startsWith("zh") ? "zh" : "en";
const locale = language === "zh" ? "zh-CN" : "en";

/** A text by its name, with {parts} filled in. */
export function t(name, parts = {}) {
  return TEXTS[language][name].replace(/\{(\w+)\}/g, (_, part) => String(parts[part]));
}

/** What went wrong, and what to do now. */
export function told(code) {
  const kind = KINDS[code] ?? "other";
  return { what: t(`e_${kind}`), now: t(`d_${kind}`) };
}

/** An amount of money; sub-cent amounts keep their digits. */
export function money(amount, currency) {
  const form = { style: "currency", currency, currencyDisplay: "narrowSymbol", minimumFractionDigits: 2, maximumFractionDigits: 6 };
  return new Intl.NumberFormat(locale, form).format(Number(amount));
}

export function moment(ms) {
  const form = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Intl.DateTimeFormat(locale, form).format(ms);
}

/** Put the texts into the page. */
export function translate() {
  document.documentElement.lang = locale;
  document.title = `manju · ${t("title")}`;
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
}

export const EXAMPLES = {
  zh: [
    ["image", "16:9", "一幅具有电影感的广角画面：未来感的沙漠公路上，两辆巨大的悬浮运输载具掠过，空气中弥漫着尘土，夕阳在边缘勾勒出光晕，质感逼真"],
    ["image", "9:16", "赛博校园侦探，银色短发少女，霓虹雨夜的走廊，中景，冷色调"],
    ["video", "16:9", "赛博校园走廊，霓虹公告栏闪烁，侦探撑伞走过，镜头缓慢推进"],
    ["speech", "", "那天夜里，整座城市都停了电，只有图书馆的灯还亮着。"],
  ],
  en: [
    ["image", "16:9", "A cinematic wide-angle shot of a futuristic desert highway, two enormous hovering transports, dusty atmosphere, sunset rim-lighting, realistic textures"],
    ["image", "9:16", "A campus detective with a silver bob in a neon corridor on a rainy night, medium shot, cold palette"],
    ["video", "16:9", "A neon corridor of a cyber campus, a detective walks by under an umbrella, the camera slowly pushes in"],
    ["speech", "", "That night the whole city lost its power, and only the library's lamps were still burning."],
  ],
}[language];
