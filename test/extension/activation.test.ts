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

  it('starts no engine until it is needed', async () => {
    const { engine } = await activated();
    assert.equal(engine.state.state, 'idle');
  });
});
