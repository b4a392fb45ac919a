/** Skills as the runtime told them. */
import { z } from 'zod';
import { skillEntry, skillName } from '../../layer/wire.ts';
import { limits } from '../limits.ts';
import { cursorAt, positionOf } from '../paging.ts';
import { type Endpoint, endpoint, ok } from './endpoint.ts';
import { count, cursor, next } from './input.ts';

const list = 'skills';
const skill = skillEntry.meta({ id: 'Skill', description: "The runtime's word about a skill." });

const skillList = z.object({
  skills: z
    .array(skillEntry)
    .max(limits.skills)
    .superRefine((skills, context) => {
      const names = new Set<string>();
      for (const [index, { name }] of skills.entries()) {
        if (names.has(name))
          context.addIssue({ code: 'custom', path: [index, 'name'], message: `${name} is there twice` });
        names.add(name);
      }
    }),
});

export const skillEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/skills',
    summary: 'The skills, in the order of their names',
    access: 'client',
    query: z.strictObject({ limit: count(1, limits.skills).default(limits.skills), cursor }),
    answer: z.object({ skills: z.array(skill), next }),
    answers: { 200: 'A page of skills.' },
    problems: {},
    handle: (core, { query }) => {
      const after = positionOf(list, query.cursor, skillName);
      const page = core.skills.page(query.limit, after);
      return ok({ skills: page.items, next: cursorAt(list, page.next) });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/v1/skills',
    summary: 'The runtime tells all its skills',
    access: 'owner',
    body: skillList,
    bodyLimitBytes: 8 * 1024 * 1024,
    answer: z.object({ skills: z.array(skill) }),
    answers: { 200: 'The skills as they are known now.' },
    problems: {},
    traced: false,
    handle: (core, { body }) => {
      core.tellSkills(body.skills);
      return ok({ skills: core.skills.list() });
    },
  }),
];
