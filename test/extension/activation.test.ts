import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commandIds } from '../../src/ui/ids.ts';
import { activated } from './support/activated.ts';

describe('activation', () => {
  it('registers every command', async () => {
    await activated();
    const known = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      commandIds.filter((id) => !known.has(id)),
      [],
    );
  });

  it('looks for problems of the configuration by itself, soon after the start', async () => {
    const { engine } = await activated();
    await new Promise<void>((resolve) => {
      const listener = engine.onDidChangeState(() => look());
      const look = (): void => {
        if (engine.state.state !== 'ready') return;
        listener.dispose();
        resolve();
      };
      look();
    });
  });
});
