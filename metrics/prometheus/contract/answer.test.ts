import { expect, it } from 'vitest';
import { kindOf } from './answer.ts';

const reply = (text: string, status = 200) => ({ status, contentType: null, allow: null, text });
const of = (resultType: string, result: string, rest = '') =>
  reply(`{"status":"success","data":{"resultType":"${resultType}","result":${result}}${rest}}`);

it.each([
  ['a vector', of('vector', '[{"metric":{},"value":[1,"2"]}]'), 'result'],
  ['an empty vector', of('vector', '[]'), 'nothing'],
  ['a scalar', of('scalar', '[1,"2"]'), 'result'],
  ['a vector with a warning', of('vector', '[{"metric":{},"value":[1,"2"]}]', ',"warnings":["x"]'), 'annotation'],
  ['a vector with a note', of('vector', '[{"metric":{},"value":[1,"2"]}]', ',"infos":["x"]'), 'annotation'],
  ['names', reply('{"status":"success","data":["a"]}'), 'result'],
  ['no names', reply('{"status":"success","data":[]}'), 'nothing'],
  ['no groups', reply('{"status":"success","data":{"groups":[]}}'), 'nothing'],
  ['an error', reply('{"status":"error","errorType":"bad_data"}', 400), 'error'],
  ['an error with a good status', reply('{"status":"error"}'), 'error'],
  ['a page that is not there', reply('404 page not found\n', 404), 'error'],
  ['a page', reply('ready'), 'result'],
  ['an empty page', reply(''), 'nothing'],
])('%s', (_, given, kind) => {
  expect(kindOf(given)).toBe(kind);
});
