// The gateway beside a direct call and other Node proxies, in one run: requests a second at 32 connections, added latency, the primary’s
// latency while a shadow hangs, fails or drips, and memory with 500 open streams. Tracing is on. Peers: npm install --prefix
// .peers/gateway --legacy-peer-deps http-proxy @fastify/http-proxy fastify @portkey-ai/gateway @opentelemetry/api @opentelemetry/core
// @opentelemetry/resources @opentelemetry/sdk-trace @opentelemetry/exporter-trace-otlp-proto. Ends with 1 where a limit is missed.
import { benchOpenStreams } from './gateway/openStreams.ts';
import { benchPeers } from './gateway/peers.ts';
import { benchShadows } from './gateway/shadows.ts';

const seconds = Number(process.argv[2] ?? 5);
const misses = [
  ...(await benchPeers(seconds)),
  ...(await benchShadows(seconds)),
  ...(await benchOpenStreams()),
];
for (const miss of misses) console.log(`missed: ${miss}`);
process.exit(misses.length === 0 ? 0 : 1);
