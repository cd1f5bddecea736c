import {expect, test} from '@jest/globals';
import type {StepResult} from '../../../src/cli/init/apply-setup.ts';
import {renderSetup, type SetupReport} from '../../../src/cli/init/setup-report.ts';

const created: StepResult = {kind: 'automation', name: 'port_reactor_a', outcome: 'created', details: ['if x']};

function render(report: Partial<SetupReport>): string {
  return renderSetup({
    dryRun: false,
    api: 'https://api.port.io',
    webhook: 'https://relay.example.com/webhooks/port',
    steps: [created],
    warnings: [],
    next: [{text: 'Start the relay:', commands: ['port-reactor relay']}],
    ...report,
  });
}

test('a setup is shown step by step, with the next steps', () => {
  expect(
    render({warnings: ['Odd.']}),
  ).toBe(`Setup at https://api.port.io, for webhooks to https://relay.example.com/webhooks/port:

  created       automation port_reactor_a
                if x

Warning: Odd.

Port is set up. Next steps:

1. Start the relay:
     port-reactor relay
`);
});

test('a dry run reports that nothing was changed', () => {
  const text = render({dryRun: true, steps: [{...created, outcome: 'would create'}]});
  expect(text).toMatch(/^Planned setup at/);
  expect(text).toMatch(/Nothing was changed. Run init without --dry-run to apply this.\n$/);
});

test('a failure is counted, and the next steps are shown if one automation reports', () => {
  const text = render({steps: [created, {...created, outcome: 'failed'}, {...created, outcome: 'conflict'}]});
  expect(text).toMatch(/2 steps of 3 failed or conflicted. Fix them and run init again/);
  expect(text).toContain('Start the relay');
});

test('the next steps are not shown if no automation reports', () => {
  const text = render({steps: [{...created, outcome: 'failed'}]});
  expect(text).not.toContain('Start the relay');
});
