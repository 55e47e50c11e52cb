// The same small bot as slack_bot.py, on @slack/bolt: node slack_bot.js MODULES API BOT_TOKEN APP_TOKEN SECRET
// Without APP_TOKEN ("") it takes requests on a port of its own. Tells on its standard output, a line of JSON
// each, what it hears.
"use strict";

const [, , modules, api, token, appToken, signingSecret] = process.argv;
const { App, LogLevel } = require(require.resolve("@slack/bolt", { paths: [modules] }));

const tell = (event, about) => console.log(JSON.stringify({ event, about }));
const quiet = { debug() {}, info() {}, warn() {}, setLevel() {}, setName() {}, getLevel: () => LogLevel.ERROR };
const logger = { ...quiet, error: (...said) => console.error(...said) };
const clientOptions = { slackApiUrl: api, logger, retryConfig: { retries: 2, minTimeout: 10, maxTimeout: 20 } };
const way = appToken ? { appToken, socketMode: true } : { signingSecret };
const app = new App({ token, clientOptions, logger, ...way });

const words = (text) => ({ type: "plain_text", text });
const section = (text) => ({ type: "section", text: { type: "mrkdwn", text } });
const button = (text, action_id) => ({ type: "button", text: words(text), action_id, value: action_id });
const options = (...values) => values.map((value) => ({ text: words(value), value }));
const menu = { type: "static_select", action_id: "pick", placeholder: words("?"), options: options("a", "b") };
const buttons = { type: "actions", elements: [button("Hint", "hint"), button("Answer", "answer"), menu] };

const form = (title = "Answer") => ({
  type: "modal",
  callback_id: "form",
  title: words(title),
  submit: words("Send"),
  notify_on_close: true,
  blocks: [
    {
      type: "input",
      block_id: "answer",
      label: words("Your answer"),
      element: { type: "plain_text_input", action_id: "text" },
    },
    {
      type: "input",
      block_id: "topic",
      optional: true,
      label: words("Topic"),
      element: { type: "external_select", action_id: "topic", min_query_length: 1, placeholder: words("?") },
    },
  ],
});

async function open({ ack, body, client }) {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: form() });
}

app.command("/ask", async ({ ack, command, respond }) => {
  await ack();
  const text = command.text.toUpperCase();
  await respond({ text, blocks: [section(text), buttons], response_type: "in_channel" });
});
app.command("/quiet", async ({ ack, command }) => ack(`quietly: ${command.text}`));
app.command("/form", open);
app.action("answer", open);
app.shortcut("quiz", open);
app.action("hint", async ({ ack, respond }) => {
  await ack();
  await respond({ text: "a hint", blocks: [section("a hint"), buttons], replace_original: true });
});
app.action("pick", async ({ ack, action, respond }) => {
  await ack();
  await respond({ text: `picked ${action.selected_option.value}`, replace_original: false });
});
app.options("topic", async ({ ack, payload }) => {
  await ack({ options: options(...[0, 1, 2].map((each) => `${payload.value}${each}`)) });
});
app.view("form", async ({ ack, view, body, client }) => {
  const said = view.state.values.answer.text.value;
  if (said === "more") return ack({ response_action: "push", view: form("More") });
  if (said === "enough") return ack({ response_action: "clear" });
  if (said.length < 2) return ack({ response_action: "errors", errors: { answer: "too short" } });
  await ack();
  return client.chat.postMessage({ channel: body.user.id, text: `You said ${said}` });
});
app.view({ callback_id: "form", type: "view_closed" }, async ({ ack, view }) => {
  await ack();
  tell("closed", view.callback_id);
});
app.shortcut("about", async ({ ack, shortcut, respond }) => {
  await ack();
  await respond({ text: `about: ${shortcut.message.text}` });
});

app.event("app_mention", async ({ event, say }) => {
  await say({ text: "you called?", thread_ts: event.thread_ts ?? event.ts });
});
app.event("app_home_opened", async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [section("your home")] } });
});
app.message(async ({ message, say, client }) => {
  tell("message", message.text);
  if (message.channel_type !== "im" || message.subtype) return;
  if (message.thread_ts) {
    const where = { channel_id: message.channel, thread_ts: message.thread_ts };
    await client.assistant.threads.setStatus({ ...where, status: "is reading ..." });
    await client.assistant.threads.setTitle({ ...where, title: "A lesson" });
    const { ts } = await client.chat.startStream({ channel: message.channel, thread_ts: message.thread_ts });
    await client.chat.appendStream({ channel: message.channel, ts, markdown_text: "one " });
    await client.chat.stopStream({ channel: message.channel, ts, markdown_text: "two" });
  } else if (message.text === "a file") {
    const upload = { filename: "a.md", file: Buffer.from("# A"), title: "Notes", initial_comment: "here" };
    await client.filesUploadV2({ channel_id: message.channel, ...upload });
  } else if (message.text === "people") {
    const { user } = await client.users.info({ user: message.user, include_locale: true });
    const names = [];
    for await (const page of client.paginate("users.list", { limit: 1 })) {
      names.push(...page.members.map((each) => each.name));
    }
    const { messages } = await client.conversations.history({ channel: message.channel, limit: 2 });
    await say(`${user.locale} ${names.length} ${messages.length}`);
  } else {
    await say(`hi ${message.text}`);
  }
});
for (const kind of ["member_joined_channel", "tokens_revoked", "app_uninstalled"]) {
  app.event(kind, async ({ event }) => tell(event.type));
}
app.error(async (error) => tell("error", String(error?.stack ?? error)));
process.on("unhandledRejection", (error) => tell("error", String(error?.stack ?? error)));

async function main() {
  const server = await app.start(0);
  const { user } = await app.client.auth.test();
  tell("ready", appToken ? user : `http://127.0.0.1:${server.address().port}/slack/events`);
}
process.stdin.on("end", () => app.stop().then(() => process.exit(0)));
process.stdin.resume();
main();
