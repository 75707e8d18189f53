// When a refused client should come back: measured, where njs has memory that outlives a request.
//
// Once a second NGINX's own counters tell how many requests were answered by replicas since. A refused request is
// told to wait until as many more are done as were refused in this second, itself included: so clients that obey
// come back as fast as places become free, not all at once.

const MEASURED = ngx.shared && ngx.shared.admission;

// Without a measure, and at most.
const SHORTEST = 1;
const LONGEST = 60;

// Weight of the newest second in the running mean.
const WEIGHT = 0.3;

function seen(name) {
    return MEASURED.get(name) || 0;
}

// Counts a request that the edge answered itself.
function turnedAway() {
    if (MEASURED) {
        MEASURED.incr('turned_away', 1, 0);
    }
}

function retryAfter() {
    if (!MEASURED || !seen('per_second')) {
        return SHORTEST;
    }
    const waiting = seen('turned_away') - seen('turned_away_before') + 1;
    return Math.min(LONGEST, Math.max(SHORTEST, Math.ceil(waiting / seen('per_second'))));
}

async function measure(session) {
    const reply = await ngx.fetch(session.variables.stub_status_url);
    const found = (await reply.text()).match(/\d+/g).map(Number);
    const now = {at: Date.now(), requests: found[3], open: found[5], turned_away: seen('turned_away')};
    if (seen('at_before')) {
        const since = (name) => now[name] - seen(`${name}_before`);
        // One of them asked for the counters.
        const done = Math.max(0, since('requests') - since('open') - since('turned_away') - 1);
        const rate = done * 1000 / Math.max(1, since('at'));
        MEASURED.set('per_second', seen('per_second') * (1 - WEIGHT) + rate * WEIGHT);
    }
    Object.keys(now).forEach((name) => MEASURED.set(`${name}_before`, now[name]));
}

export default {turnedAway, retryAfter, measure};
