/** The links in previewed messages: Port's web interface, and a placeholder for the page of the run. Pure. */

import type {MessageLinks} from '../../act/preview.ts';
import {portAppUrl} from '../../act/slack/message/entity-links.ts';
import type {CliWorld} from '../shared/world.ts';

const DEFAULT_API_URL = 'https://api.port.io';

export function messageLinksOf(env: CliWorld['env']): MessageLinks {
  const repository = env['GITHUB_REPOSITORY']?.trim() || 'OWNER/REPOSITORY';
  const given = env['PORT_API_URL']?.trim() ?? '';
  return {
    runUrl: `https://github.com/${repository}/actions/runs/1`,
    appUrl: portAppUrl(URL.canParse(given) ? given : DEFAULT_API_URL),
  };
}
