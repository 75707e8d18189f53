// For least_conn: which replica gets a request, as `sticky route` of the upstream wants it: "" while all are well or
// parked, which leaves it to NGINX; else one of those that are, in turn, because NGINX would try the others first.

import replicas from './replicas.js';

const STATE = ngx.shared.fleet;

function route(r) {
    const down = (STATE.get('down') || 0) | replicas.PARKED;
    if (down === replicas.PARKED) {
        return '';
    }
    const up = replicas.ROUTES.filter((name, i) => !(down >> i & 1));
    return up.length ? up[STATE.incr('turn', 1, 0) % up.length] : '';
}

export default {route};
