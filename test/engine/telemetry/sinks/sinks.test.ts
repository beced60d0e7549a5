import { describe } from 'mocha';
import { fixedEnvironment, noLog } from '../../../../src/engine/ports.ts';
import { unpackSpans } from '../../../../src/engine/store/tables/spanCodec.ts';
import { createOtlpClient } from '../../../../src/engine/telemetry/otlp/otlpClient.ts';
import { readOtlpSettings } from '../../../../src/engine/telemetry/otlp/otlpSettings.ts';
import { OtlpSink } from '../../../../src/engine/telemetry/otlp/otlpSink.ts';
import { noSink } from '../../../../src/engine/telemetry/sinks/sink.ts';
import { SinkHub } from '../../../../src/engine/telemetry/sinks/sinkHub.ts';
import { StoreSink } from '../../../../src/engine/telemetry/sinks/storeSink.ts';
import { startCollector } from '../../../support/collectorServer.ts';
import { countingRandom, manualClock } from '../../models/manualClock.ts';
import { conformsToSink } from './sinkConformance.ts';

const nothing = async () => {};

describe('sinks', () => {
  describe('none', () => conformsToSink(async () => ({ sink: noSink, [Symbol.asyncDispose]: nothing })));

  describe('store', () =>
    conformsToSink(async () => {
      const sink = new StoreSink();
      const spans = () => sink.drain().spans.flatMap(unpackSpans).length;
      return { sink, spans, [Symbol.asyncDispose]: nothing };
    }));

  describe('otlp', () =>
    conformsToSink(async () => {
      const collector = await startCollector();
      const settings = readOtlpSettings({ url: collector.url, headers: {} }, fixedEnvironment({}));
      const client = createOtlpClient(settings, { clock: manualClock(5_000), random: countingRandom() });
      const dispose = () => collector[Symbol.asyncDispose]();
      return {
        sink: new OtlpSink(client),
        spans: () => collector.spans().length,
        [Symbol.asyncDispose]: dispose,
      };
    }));

  describe('hub', () =>
    conformsToSink(async () => {
      const store = new StoreSink();
      const sink = new SinkHub([noSink, store], { clock: manualClock(0), log: noLog });
      const spans = () => store.drain().spans.flatMap(unpackSpans).length;
      return { sink, spans, [Symbol.asyncDispose]: nothing };
    }));
});
