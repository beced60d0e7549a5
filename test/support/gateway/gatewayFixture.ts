import { type ScriptedUpstream, startScriptedUpstream, type UpstreamScript } from './scriptedUpstream.ts';
import { provider, startGateway, type TestGateway, type TestGatewayOptions } from './testGateway.ts';

/** Starts upstreams and gateways, and ends them all after each test. */
export function gatewayFixture() {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of open.splice(0).reverse()) await one.close();
  });

  const upstream = async (script: UpstreamScript): Promise<ScriptedUpstream> => {
    const started = await startScriptedUpstream(script);
    open.push(started);
    return started;
  };
  const gateway = async (options: TestGatewayOptions): Promise<TestGateway> => {
    const started = await startGateway(options);
    open.push(started);
    return started;
  };

  return {
    upstream,
    gateway,
    /** One provider, `openai`, that answers as scripted. */
    async start(script: UpstreamScript, more: TestGatewayOptions = {}) {
      const started = await upstream(script);
      const providers = { openai: provider(started.baseUrl) };
      return { upstream: started, gateway: await gateway({ providers, ...more }) };
    },
  };
}
