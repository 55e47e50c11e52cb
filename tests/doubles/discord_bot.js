// The same small bot as discord_bot.py, on discord.js: node discord_bot.js MODULES API TOKEN
// Tells on its standard output, a line of JSON each, what it hears.
"use strict";

const [, , modules, api, token] = process.argv;
const discord = require(require.resolve("discord.js", { paths: [modules] }));
const { ActionRowBuilder, ButtonBuilder, ButtonStyle, EmbedBuilder, MessageFlags, ModalBuilder } = discord;
const { StringSelectMenuBuilder, TextInputBuilder, TextInputStyle } = discord;

const { GatewayIntentBits } = discord;
const client = new discord.Client({
  intents: [
    GatewayIntentBits.Guilds,
    GatewayIntentBits.GuildMessages,
    GatewayIntentBits.DirectMessages,
    GatewayIntentBits.MessageContent,
  ],
  partials: [discord.Partials.Channel],
  rest: { api, version: "10" },
});

const tell = (event, about) => console.log(JSON.stringify({ event, about }));

const commands = [
  {
    name: "ask",
    description: "Ask the tutor",
    description_localizations: { bg: "Питай учителя", "zh-CN": "提问" },
    options: [{ type: 3, name: "question", description: "What you want to know", required: true }],
  },
  {
    name: "learn",
    description: "Learn about a topic",
    options: [{ type: 3, name: "topic", description: "A topic", required: true, autocomplete: true }],
  },
  { name: "notes", description: "Take notes", options: [{ type: 11, name: "file", description: "A file" }] },
  { name: "Ask about this", type: 3 },
];

function card() {
  const hint = new ButtonBuilder().setCustomId("card:hint").setLabel("Hint").setStyle(ButtonStyle.Secondary);
  const answer = new ButtonBuilder().setCustomId("card:answer").setLabel("Answer").setStyle(ButtonStyle.Primary);
  const pick = new StringSelectMenuBuilder()
    .setCustomId("card:pick")
    .addOptions(...["a", "b"].map((each) => ({ label: each, value: each })));
  return [new ActionRowBuilder().addComponents(hint, answer), new ActionRowBuilder().addComponents(pick)];
}

function form() {
  const field = new TextInputBuilder().setCustomId("answer").setLabel("Your answer");
  field.setStyle(TextInputStyle.Paragraph);
  const row = new ActionRowBuilder().addComponents(field);
  return new ModalBuilder().setCustomId("form").setTitle("Answer the question").addComponents(row);
}

const handlers = {
  async ask(interaction) {
    await interaction.deferReply();
    const embed = new EmbedBuilder().setTitle("Answer").setFooter({ text: "from the notes" });
    embed.setDescription(interaction.options.getString("question").toUpperCase());
    await interaction.editReply({ content: "done", embeds: [embed], components: card() });
    await interaction.followUp({ content: "and more", flags: MessageFlags.Ephemeral });
  },
  async learn(interaction) {
    await interaction.reply({ content: interaction.options.getString("topic"), withResponse: true });
  },
  async notes(interaction) {
    const given = interaction.options.getAttachment("file");
    const content = Buffer.from(await (await fetch(given.url)).arrayBuffer());
    const back = { attachment: content, name: "notes.md", description: "the notes" };
    await interaction.reply({ content: "here", files: [back], flags: MessageFlags.Ephemeral });
  },
  async "Ask about this"(interaction) {
    await interaction.reply(`about: ${interaction.targetMessage.content}`);
  },
  async "card:hint"(interaction) {
    await interaction.update({ content: "a hint" });
  },
  async "card:answer"(interaction) {
    await interaction.showModal(form());
  },
  async "card:pick"(interaction) {
    await interaction.deferUpdate();
    await interaction.followUp({ content: `picked ${interaction.values[0]}`, flags: MessageFlags.Ephemeral });
  },
  async form(interaction) {
    await interaction.reply(`You said ${interaction.fields.getTextInputValue("answer")}`);
  },
};

client.on("interactionCreate", async (interaction) => {
  if (interaction.isAutocomplete()) {
    const typed = interaction.options.getFocused();
    await interaction.respond([0, 1, 2].map((each) => ({ name: `${typed}${each}`, value: `${typed}${each}` })));
  } else {
    await handlers[interaction.commandName ?? interaction.customId](interaction);
  }
});

client.on("messageCreate", async (message) => {
  if (message.author.bot) return;
  tell("message", message.content);
  if (message.content === "open a thread") {
    const thread = await message.startThread({ name: "A thread" });
    await thread.send("in the thread");
  } else if (message.content === "write to me") {
    await message.author.createDM();
    await message.author.send({ content: "directly", nonce: "n1", enforceNonce: true });
    await message.author.send({ content: "directly", nonce: "n1", enforceNonce: true });
  } else if (message.content === "what was said") {
    const read = await message.channel.messages.fetch({ limit: 5 });
    const reply = { content: [...read.values()].map((each) => each.content).join("|") };
    await message.reply({ ...reply, allowedMentions: { parse: [], repliedUser: false } });
  }
});

client.on("guildCreate", (guild) => tell("joined", guild.name));
client.on("guildDelete", (guild) => tell("left", guild.name));
client.on("shardResume", () => tell("resumed"));
client.on("error", (error) => tell("error", String(error)));
process.on("unhandledRejection", (error) => tell("error", String(error?.stack ?? error)));
client.once("clientReady", async () => {
  await client.application.commands.set(commands);
  tell("ready", client.user.username);
});
process.stdin.on("end", () => client.destroy());
process.stdin.resume();
client.login(token);
