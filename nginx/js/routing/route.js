// Which replica a request goes to, as `sticky route` of the upstream wants it. "" leaves it to least_conn, and NGINX does
// so itself when that replica has become full or was found dead in the meantime.
//
// Evaluated when the upstream picks a server, after the body was read, once for a request. NGINX makes all functions and
// constants of a script anew for each request, and that is most of what a script costs. So this file and conversation.js
// hold no more than the next turn of a conversation needs; what else is needed is made when it is (`makePlacement`).
//
// Memory that all workers share: `places` remembers which replica a conversation is on; `fleet` holds for each replica
// one number, RECENT times the requests it got lately plus those it has open, and under `all` their sum.

import conversation from './conversation.js';
import makePlacement from './placement.js';
import replicas from './replicas.js';

const PLACES = ngx.shared.places;
const STATE = ngx.shared.fleet;
const RECENT = 65536;

function byCache(r) {
    const session = r.headersIn['X-Session-Id'] || r.headersIn['X-SMG-Routing-Key'];
    const key = session ? `s${session.slice(0, 256)}` : conversation.key(r);
    const place = key ? PLACES.get(key) : undefined;
    if (place !== undefined && takes(place)) {
        PLACES.set(key, place);
        return enter(r, place, session ? 'header' : 'conversation', 'hit');
    }
    const found = makePlacement().settle(r, session, key, place);
    return found ? enter(r, found.replica, found.key, found.affinity) : '';
}

// Whether a conversation may stay where it was: that replica is neither down nor full, and has not far more than the
// others, open or lately.
function takes(i) {
    const counts = STATE.get(replicas.ROUTES[i]);
    const all = STATE.get('all') / replicas.COUNT;
    return counts % RECENT < replicas.SLOTS[i] && counts % RECENT <= all * replicas.COUNT % RECENT / replicas.COUNT * 2.5 + 6
        && counts <= all * 1.5 + 64 * RECENT && !(STATE.get('down') >> i & 1);
}

function enter(r, i, key, affinity) {
    STATE.incr(replicas.ROUTES[i], RECENT + 1, 0);
    STATE.incr('all', RECENT + 1, 0);
    r.variables.ticket = (STATE.get('generation') || 0) * 16 + i;
    r.variables.routing_key = key;
    r.variables.affinity = affinity;
    return replicas.ROUTES[i];
}

// Stands in the access log's format: called when a request is over. A replica that closed the connection without an
// answer is left alone until its next check (health.js).
function finished(r) {
    const ticket = r.variables.ticket;
    if (ticket) {
        const i = ticket % 16;
        if (ticket - i === (STATE.get('generation') || 0) * 16) {
            STATE.incr(replicas.ROUTES[i], -1);
            STATE.incr('all', -1);
        }
        if (r.status === 502) {
            STATE.set('down', (STATE.get('down') || 0) | 1 << i);
        }
    }
    return '';
}

export default {byCache, finished};
