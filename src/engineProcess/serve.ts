import { CallFailure } from '../protocol/callFailure.ts';
import { engineCalls, interfaceCalls } from '../protocol/calls.ts';
import { Peer, type Streams } from '../protocol/peer.ts';
import { alertHandlers } from './alertHandlers.ts';
import { compareHandlers } from './compareHandlers.ts';
import { ComparisonJobs } from './comparisonJobs.ts';
import { compressHandlers } from './compressHandlers.ts';
import { DatasetCache } from './datasetCache.ts';
import { datasetHandlers } from './datasetHandlers.ts';
import { deploymentHandlers } from './deploymentHandlers.ts';
import { evaluatorHandlers } from './evaluatorHandlers.ts';
import { gatewayHandlers } from './gatewayHandlers.ts';
import { languageHandlers } from './languageHandlers.ts';
import { metricHandlers } from './metricHandlers.ts';
import { modelHandlers } from './modelHandlers.ts';
import { monitorHandlers } from './monitorHandlers.ts';
import { PromptReader } from './openedPrompt.ts';
import { providerHandlers } from './providerHandlers.ts';
import { receiverHandlers } from './receiverHandlers.ts';
import { releaseHandlers } from './releaseHandlers.ts';
import { runHandlers } from './runHandlers.ts';
import { servicesAttachmentOf } from './servicesAttachment.ts';
import { Session, type SessionPorts } from './session.ts';
import { toFailure } from './toFailure.ts';
import { tokenHandlers } from './tokenHandlers.ts';
import { traceHandlers } from './traceHandlers.ts';
import { verifyHandlers } from './verifyHandlers.ts';
import { workspaceHandlers } from './workspaceHandlers.ts';

/** Serves one window over its streams; resolves when the window is gone and everything is put away. */
export function serve(streams: Streams, ports: SessionPorts): Promise<void> {
  const peer = new Peer(streams, interfaceCalls);
  const session = new Session(peer, ports);
  const datasets = new DatasetCache();
  const comparisons = new ComparisonJobs(session);
  const prompts = new PromptReader(session);
  const attachment = servicesAttachmentOf(session);
  peer.answer(
    engineCalls,
    {
      initialize: (params) => session.initialize(params),
      ...workspaceHandlers(session, datasets),
      ...datasetHandlers(session, datasets),
      ...runHandlers(session, comparisons),
      ...compareHandlers(session, comparisons),
      ...evaluatorHandlers(session),
      ...receiverHandlers(session, attachment),
      ...gatewayHandlers(session, attachment),
      ...deploymentHandlers(session, attachment),
      ...releaseHandlers(session),
      ...monitorHandlers(session),
      ...modelHandlers(session),
      ...providerHandlers(session),
      ...tokenHandlers(session, prompts),
      ...compressHandlers(session, prompts),
      ...verifyHandlers(session, comparisons),
      ...languageHandlers(session),
      ...traceHandlers(session),
      ...alertHandlers(session),
      ...metricHandlers(session),
    },
    (error) => {
      const failure = error instanceof CallFailure ? error.failure : toFailure(error);
      if (failure.kind === 'bug') session.log.write('error', failure.message, { stack: failure.stack ?? '' });
      return failure;
    },
  );
  return new Promise((resolve, reject) => {
    let gone = false;
    peer.onGone(() => {
      if (gone) return;
      gone = true;
      session.close().then(resolve, reject);
    });
    peer.listen();
  });
}
