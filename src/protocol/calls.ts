import { alertCalls } from './alertCalls.ts';
import { bridgeCalls } from './bridgeCalls.ts';
import type { ParamsOf, ResultOf } from './call.ts';
import { compareCalls } from './compareCalls.ts';
import { compressCalls } from './compressCalls.ts';
import { datasetCalls } from './datasetCalls.ts';
import { deploymentCalls } from './deploymentCalls.ts';
import { evaluatorCalls } from './evaluatorCalls.ts';
import { gatewayCalls } from './gatewayCalls.ts';
import { languageCalls } from './languageCalls.ts';
import { metricCalls } from './metricCalls.ts';
import { modelCalls } from './modelCalls.ts';
import { monitorCalls } from './monitorCalls.ts';
import { providerCalls } from './providerCalls.ts';
import { receiverCalls } from './receiverCalls.ts';
import { releaseCalls } from './releaseCalls.ts';
import { runCalls } from './runCalls.ts';
import { sessionCalls } from './sessionCalls.ts';
import { tokenCalls } from './tokenCalls.ts';
import { traceCalls } from './traceCalls.ts';
import { verifyCalls } from './verifyCalls.ts';
import { workspaceCalls } from './workspaceCalls.ts';

/** What the interface asks of the engine process. A new call is added to the table of its theme. */
export const engineCalls = {
  ...sessionCalls,
  ...workspaceCalls,
  ...datasetCalls,
  ...runCalls,
  ...modelCalls,
  ...providerCalls,
  ...tokenCalls,
  ...compressCalls,
  ...verifyCalls,
  ...languageCalls,
  ...compareCalls,
  ...evaluatorCalls,
  ...receiverCalls,
  ...gatewayCalls,
  ...deploymentCalls,
  ...releaseCalls,
  ...traceCalls,
  ...alertCalls,
  ...metricCalls,
  ...monitorCalls,
};

/** What the engine process asks of the interface. */
export const interfaceCalls = bridgeCalls;

/** Method → parameters and result, as plain data. */
export type EngineCalls = {
  [M in keyof typeof engineCalls]: {
    params: ParamsOf<typeof engineCalls, M>;
    result: ResultOf<typeof engineCalls, M>;
  };
};
