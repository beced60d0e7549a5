import type { EditorModels } from '../engine/models/editorClient.ts';
import { ModelError } from '../engine/models/modelClient.ts';
import type { Secrets } from '../engine/ports.ts';
import { CallFailure } from '../protocol/callFailure.ts';
import type { interfaceCalls } from '../protocol/calls.ts';
import type { Peer } from '../protocol/peer.ts';

type Window = Peer<typeof interfaceCalls>;

/** The chat models of the window. */
export function editorModels(window: Window): EditorModels {
  return {
    async complete(request, signal) {
      try {
        return await window.call('model/complete', request, signal);
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw toModelError(error);
      }
    },
  };
}

/** The person's keys, as the window gives them out. */
export function secrets(window: Window): Secrets {
  return {
    get: async (request, signal) => (await window.call('secret/get', request, signal)).value,
  };
}

function toModelError(error: unknown): unknown {
  if (!(error instanceof CallFailure)) return error;
  const { failure } = error;
  if (failure.kind !== 'model') return new ModelError('protocol', failure.message, { transient: false });
  return new ModelError(failure.code, failure.message, { transient: failure.transient });
}
