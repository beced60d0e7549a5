import add from '@vscode/codicons/src/icons/add.svg';
import fallback from '@vscode/codicons/src/icons/arrow-swap.svg';
import evaluator from '@vscode/codicons/src/icons/beaker.svg';
import bell from '@vscode/codicons/src/icons/bell.svg';
import check from '@vscode/codicons/src/icons/check.svg';
import down from '@vscode/codicons/src/icons/chevron-down.svg';
import right from '@vscode/codicons/src/icons/chevron-right.svg';
import up from '@vscode/codicons/src/icons/chevron-up.svg';
import skipped from '@vscode/codicons/src/icons/circle-slash.svg';
import other from '@vscode/codicons/src/icons/circle-small-filled.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import collapse from '@vscode/codicons/src/icons/collapse-all.svg';
import copy from '@vscode/codicons/src/icons/copy.svg';
import rerun from '@vscode/codicons/src/icons/debug-rerun.svg';
import diff from '@vscode/codicons/src/icons/diff.svg';
import failed from '@vscode/codicons/src/icons/error.svg';
import expand from '@vscode/codicons/src/icons/expand-all.svg';
import compare from '@vscode/codicons/src/icons/git-compare.svg';
import goToFile from '@vscode/codicons/src/icons/go-to-file.svg';
import agent from '@vscode/codicons/src/icons/hubot.svg';
import linkExternal from '@vscode/codicons/src/icons/link-external.svg';
import trace from '@vscode/codicons/src/icons/list-tree.svg';
import passed from '@vscode/codicons/src/icons/pass.svg';
import unknown from '@vscode/codicons/src/icons/question.svg';
import search from '@vscode/codicons/src/icons/search.svg';
import guardrail from '@vscode/codicons/src/icons/shield.svg';
import model from '@vscode/codicons/src/icons/sparkle.svg';
import embedding from '@vscode/codicons/src/icons/symbol-array.svg';
import flaky from '@vscode/codicons/src/icons/symbol-event.svg';
import prompt from '@vscode/codicons/src/icons/symbol-string.svg';
import running from '@vscode/codicons/src/icons/sync.svg';
import table from '@vscode/codicons/src/icons/table.svg';
import reveal from '@vscode/codicons/src/icons/target.svg';
import tool from '@vscode/codicons/src/icons/tools.svg';
import descending from '@vscode/codicons/src/icons/triangle-down.svg';
import ascending from '@vscode/codicons/src/icons/triangle-up.svg';
import errored from '@vscode/codicons/src/icons/warning.svg';
import zoomIn from '@vscode/codicons/src/icons/zoom-in.svg';
import zoomOut from '@vscode/codicons/src/icons/zoom-out.svg';

const SOURCES = {
  add,
  agent,
  bell,
  collapse,
  compare,
  copy,
  embedding,
  evaluator,
  expand,
  guardrail,
  linkExternal,
  model,
  other,
  prompt,
  retrieval: search,
  reveal,
  table,
  right,
  tool,
  zoomIn,
  zoomOut,
  ascending,
  check,
  close,
  descending,
  diff,
  down,
  errored,
  failed,
  fallback,
  flaky,
  goToFile,
  passed,
  rerun,
  running,
  search,
  skipped,
  trace,
  unknown,
  up,
};
export type IconName = keyof typeof SOURCES;

const parsed = new Map<IconName, Element>();

/**
 * A codicon as an element of its own, so that neither a font nor a picture is loaded. Hidden from screen
 * readers: the words beside it say the same.
 */
export function icon(name: IconName): Node {
  let element = parsed.get(name);
  if (!element) {
    element = new DOMParser().parseFromString(SOURCES[name], 'image/svg+xml').documentElement;
    element.setAttribute('class', `icon icon-${name}`);
    element.setAttribute('aria-hidden', 'true');
    parsed.set(name, element);
  }
  return document.importNode(element, true);
}
