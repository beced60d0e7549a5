/**
 * `silent`: it fired, and since then there is no data, so that nobody knows whether it is over. Channels go on showing it as firing.
 */
export const ALERT_STATES = ['no-data', 'inactive', 'pending', 'firing', 'silent', 'resolved'] as const;
export type AlertStateName = (typeof ALERT_STATES)[number];

/** What a look at the figure says. */
export const ALERT_EVENTS = ['breach', 'held', 'between', 'fine', 'no-data'] as const;
export type AlertEvent = (typeof ALERT_EVENTS)[number];

/** What channels are told. */
export type AlertEffect = 'fires' | 'resolves' | null;

export interface AlertStep {
  to: AlertStateName;
  effect: AlertEffect;
}

function to(state: AlertStateName, effect: AlertEffect = null): AlertStep {
  return { to: state, effect };
}

/**
 * Every state with every event. `breach`: the condition holds, and not yet for as long as it must; `held`: it does. `between`: it no longer
 * holds, and the figure has not reached `clear`. Only `fine`, which is measured, resolves; having no data never does.
 */
export const ALERT_TABLE: {
  readonly [state in AlertStateName]: { readonly [event in AlertEvent]: AlertStep };
} = {
  'no-data': {
    breach: to('pending'),
    held: to('firing', 'fires'),
    between: to('inactive'),
    fine: to('inactive'),
    'no-data': to('no-data'),
  },
  inactive: {
    breach: to('pending'),
    held: to('firing', 'fires'),
    between: to('inactive'),
    fine: to('inactive'),
    'no-data': to('no-data'),
  },
  pending: {
    breach: to('pending'),
    held: to('firing', 'fires'),
    between: to('inactive'),
    fine: to('inactive'),
    'no-data': to('no-data'),
  },
  firing: {
    breach: to('firing'),
    held: to('firing'),
    between: to('firing'),
    fine: to('resolved', 'resolves'),
    'no-data': to('silent'),
  },
  silent: {
    breach: to('firing'),
    held: to('firing'),
    between: to('firing'),
    fine: to('resolved', 'resolves'),
    'no-data': to('silent'),
  },
  resolved: {
    breach: to('pending'),
    held: to('firing', 'fires'),
    between: to('resolved'),
    fine: to('resolved'),
    'no-data': to('no-data'),
  },
};
