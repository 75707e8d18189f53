// Which replicas are well: asked from outside the request path, so that no request waits for one that isn't.
//
// `/ready` (of a router `/readiness`) is asked every second: what refuses, breaks off or answers with an error is down at once; what says nothing
// three times running is, too. `/health` lets the scheduler answer and is asked every ten seconds: what fails it twice
// hangs, however ready it says it is. A replica that is well again is used again after the next answer.

import makeFleet from './fleet.js';
import replicas from './replicas.js';

const LATE = 3;
const STUCK = 2;

function addresses(session) {
    return session.variables.replica_addresses.split(' ');
}

async function ready(session) {
    await Promise.all(addresses(session).map((address, i) => check(address, i)));
}

async function check(address, i) {
    const fleet = makeFleet();
    const said = await ask(`http://${address}${replicas.READY[i]}`);
    const late = said === 'late' ? fleet.STATE.incr(`late${i}`, 1, 0) : 0;
    if (!late) {
        fleet.STATE.set(`late${i}`, 0);
    }
    const isStuck = (fleet.STATE.get(`stuck${i}`) || 0) >= STUCK;
    if (said === 'well' && !isStuck) {
        note(fleet.mark(i, 'up'), address, 'is well again');
    } else if (said === 'ill' || late >= LATE || isStuck) {
        note(fleet.mark(i, 'down'), address, isStuck ? 'hangs' : `gets no more requests: ${said}`);
    }
}

async function alive(session) {
    await Promise.all(addresses(session).map((address, i) => examine(address, i)));
}

async function examine(address, i) {
    const state = ngx.shared.fleet;
    const said = await ask(`http://${address}${replicas.HEALTH[i]}`);
    if (said === 'well') {
        state.set(`stuck${i}`, 0);
    } else {
        state.incr(`stuck${i}`, 1, 0);
    }
}

// well, ill or late. A path the engine doesn't know is no illness.
async function ask(url) {
    try {
        const reply = await ngx.fetch(url);
        await reply.text();
        return reply.status < 500 ? 'well' : 'ill';
    } catch (error) {
        return error.message.includes('timed out') ? 'late' : 'ill';
    }
}

function note(isNews, address, what) {
    if (isNews) {
        ngx.log(ngx.WARN, `replica at ${address} ${what}`);
    }
}

// In every worker: a new one means that an old one may have crashed, and what it had open would count for ever.
function begin(session) {
    const fleet = makeFleet();
    const name = `worker${ngx.worker_id}`;
    if (fleet.STATE.get(name) !== process.pid) {
        fleet.STATE.set(name, process.pid);
        fleet.beginAnew();
    }
}

export default {ready, alive, begin};
