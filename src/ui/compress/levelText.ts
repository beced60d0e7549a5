import * as vscode from 'vscode';
import type { CompressionLevel } from '../../protocol/compressCalls.ts';

export function levelText(level: CompressionLevel): string {
  switch (level) {
    case 'lossless':
      return vscode.l10n.t('lossless');
    case 'safe':
      return vscode.l10n.t('safe');
    case 'aggressive':
      return vscode.l10n.t('aggressive');
  }
}
