import { expect, it } from 'vitest'
import { maskedText, shown } from './shown'

it('masks what a name says is secret, at any depth', () => {
  expect(shown({ id: 7, password: 'x', user: { apiKey: 'y', sessionId: 'z', name: 'Ada' }, headers: [{ Cookie: 'c', authorization: 'a' }] }))
    .toBe('{"id":7,"password":"•••","user":{"apiKey":"•••","sessionId":"•••","name":"Ada"},"headers":[{"Cookie":"•••","authorization":"•••"}]}')
})

it('masks secrets inside of texts: of URLs, of headers, of errors', () => {
  expect(maskedText('GET https://ada:pw@host/x?id=1&access_token=abc&b=2')).toBe('GET https://•••@host/x?id=1&access_token=•••&b=2')
  expect(shown(new Error('refused: Bearer abcdefgh12345'))).toBe('Error: refused: Bearer •••')
})

it('shows what redact leaves, and nothing where redact throws', () => {
  expect(shown({ mail: 'a@b' }, () => '(hidden)')).toBe('"(hidden)"')
  expect(shown({ mail: 'a@b' }, () => { throw new Error('x') })).toBe('[cannot be shown]')
})

it('calls no getter and is not drawn into circles, depth, or size', () => {
  let called = false
  const item = { get costly() { called = true; return 1 } }
  expect(shown(item)).toBe('{"costly":[getter]}')
  expect(called).toBe(false)
  const circle: Record<string, unknown> = {}
  circle['self'] = circle
  expect(shown(circle)).toBe('{"self":[circular]}')
  expect(shown({ a: { b: { c: { d: { e: 1 } } } } })).toBe('{"a":{"b":{"c":{"d":{…}}}}}')
  expect(shown('x'.repeat(1e6)).length).toBeLessThan(5000)
  expect(shown(Array.from({ length: 1e6 }, (_, i) => i)).length).toBeLessThan(5000)
  expect(shown(Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, i])))).toContain('"k49":49,…}')
  expect(shown(new Uint8Array(9))).toBe('[Uint8Array, 9 bytes]')
  expect(shown(new Proxy({}, { ownKeys: () => { throw new Error('x') } }))).toBe('[cannot be shown]')
})
