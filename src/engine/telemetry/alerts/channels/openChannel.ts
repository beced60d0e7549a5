import type { Connection } from '../../../http/httpConnection.ts';
import type { AlertChannel } from '../../../model/alertRule.ts';
import type { Clock, Environment } from '../../../ports.ts';
import { alertmanagerChannel, RESEND_MS } from './alertmanager.ts';
import type { Channel } from './channel.ts';
import { webhookChannel } from './webhook.ts';

export interface ChannelPorts {
  connection: Connection;
  clock: Clock;
  /** Null: no secret may be read from it. */
  environment: Environment | null;
  /** After so long, Alertmanager is told again of what fires, in milliseconds. Default: a minute. */
  resendMs?: number;
}

export function openChannel(channel: AlertChannel, ports: ChannelPorts): Channel {
  switch (channel.kind) {
    case 'alertmanager':
      return alertmanagerChannel(channel.url, { resendMs: RESEND_MS, ...ports });
    case 'webhook':
      return webhookChannel(channel, ports);
  }
}
