// Does as many jobs as the first argument says, with BullMQ's own telemetry for Node.js.
const { Worker } = require("bullmq");
const { BullMQOtel } = require("bullmq-otel");
const { connection, provider } = require("./telemetry.cjs");

let left = Number(process.argv[2]);
const worker = new Worker("letters", async () => "done", { connection, telemetry: new BullMQOtel("letters") });
worker.on("completed", async () => {
  left -= 1;
  if (left === 0) {
    await worker.close();
    await provider.shutdown();
    process.exit(0);
  }
});
