// OpenTelemetry for Node.js, exporting to OTEL_EXPORTER_OTLP_ENDPOINT, and the address of Redis.
const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
const { resourceFromAttributes } = require("@opentelemetry/resources");
const { BatchSpanProcessor, NodeTracerProvider } = require("@opentelemetry/sdk-trace-node");

const provider = new NodeTracerProvider({
  resource: resourceFromAttributes({ "service.name": "node-letters" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
provider.register();

const url = new URL(process.env.REDIS_URL);
const connection = { host: url.hostname, port: Number(url.port) };

module.exports = { connection, provider };
