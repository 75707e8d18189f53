// For an NGINX that can't be told a replica (before 1.29.6) or an njs without shared memory (before 0.8.1): what
// `hash ... consistent` of the upstream spreads requests by. The turns of a conversation have it in common, and a request
// without one has something of its own.

import conversation from './conversation.js';
import makeKeys from './keys.js';

function key(r) {
    const session = r.headersIn['X-Session-Id'] || r.headersIn['X-SMG-Routing-Key'];
    if (session) {
        return mark(r, 'header', session);
    }
    const keys = makeKeys().read(r);
    const given = keys.prefixes.find((prefix) => prefix.kind === 'cache_key' || prefix.kind === 'user');
    if (given) {
        return mark(r, given.kind, given.name);
    }
    const own = conversation.key(r) || keys.conversation || (keys.prefixes.length && keys.prefixes[0].name);
    return mark(r, own ? 'conversation' : 'none', own || r.variables.request_id);
}

function mark(r, kind, found) {
    r.variables.routing_key = kind;
    return found;
}

export default {key};
