// Adds one job with `add` and two with `addBulk`, with BullMQ's own telemetry for Node.js.
const { Queue } = require("bullmq");
const { BullMQOtel } = require("bullmq-otel");
const { connection, provider } = require("./telemetry.cjs");

async function main() {
  const queue = new Queue("letters", { connection, telemetry: new BullMQOtel("letters") });
  await queue.add("greet", { type: "text" });
  await queue.addBulk([
    { name: "greet", data: { type: "text" } },
    { name: "greet", data: { type: "text" } },
  ]);
  await queue.close();
  await provider.shutdown();
}

main();
