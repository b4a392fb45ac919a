/** Skills: what each did, how late, how fresh, and what keeps it from running. */
import { dashboard } from '../dashboard.ts';
import { line } from '../layout.ts';
import { atOnce } from './skills/at-once.ts';
import { perSkill } from './skills/each.ts';
import { outcomes } from './skills/outcomes.ts';
import { times } from './skills/times.ts';
import { wayOut } from './skills/way-out.ts';
import { uids } from './uids.ts';

export const skills = dashboard({
  uid: uids.skills,
  title: 'OpenClaw / Skills',
  description: 'Does each skill run when it is due, does it succeed, and what keeps it from it?',
  tags: ['skills'],
  variables: ['instance', 'skill'],
  sections: [
    { lines: atOnce },
    { title: 'Each skill', lines: [line(8, [perSkill])] },
    { title: 'Outcomes', lines: outcomes },
    { title: 'Times', lines: times },
    { title: 'Way to the gateway', lines: wayOut },
  ],
});
