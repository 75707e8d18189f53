// What is known of the replicas in memory that all workers share (route.js says how it is written down), and the changes
// to it that are not made for every request. A replica is a number here, its place in ROUTES.
//
// Made when it is called for: see route.js.

import replicas from './replicas.js';

function makeFleet() {
    const STATE = ngx.shared.fleet;
    const RECENT = 65536;
    // Counts of recent requests are halved when they have become so many: what was long ago fades.
    const REMEMBERED = 1600;
    const all = replicas.ROUTES.map((route, i) => i);

    const get = (name) => STATE.get(name) || 0;
    const open = (name) => get(name) % RECENT;
    const recent = (name) => Math.floor(get(name) / RECENT);

    // {open, recent, usable, opened, received, age}: two numbers for each replica, those that are neither down nor full,
    // the sums over those that are not down, and how often counts were halved.
    function look() {
        const down = get('down') | replicas.PARKED;
        const seen = {open: replicas.ROUTES.map(open), recent: replicas.ROUTES.map(recent), age: get('age')};
        const up = all.filter((i) => !(down >> i & 1));
        seen.usable = up.filter((i) => seen.open[i] < replicas.SLOTS[i]);
        seen.opened = up.reduce((sum, i) => sum + seen.open[i], 0);
        seen.received = up.reduce((sum, i) => sum + seen.recent[i], 0);
        return seen;
    }

    function fade(seen) {
        if (seen.received >= REMEMBERED) {
            all.forEach((i) => change(i, -(seen.recent[i] >> 1) * RECENT));
            STATE.incr('age', 1, 0);
        }
    }

    function change(i, by) {
        STATE.incr(replicas.ROUTES[i], by, 0);
        STATE.incr('all', by, 0);
    }

    // What a worker had open when it crashed would count for ever: with a new worker all begin at 0. Requests from before
    // know that they are no longer counted by their generation.
    function beginAnew() {
        STATE.incr('generation', 1, 0);
        all.forEach((i) => change(i, -open(replicas.ROUTES[i])));
    }

    // Whether that is news. A replica that comes back counts as having had its share, or it would be flooded.
    function mark(i, state) {
        const down = get('down');
        const wasUp = !(down >> i & 1);
        if (state === 'up' && !wasUp) {
            const share = Math.floor(recent('all') / all.length);
            change(i, Math.max(0, share - recent(replicas.ROUTES[i])) * RECENT);
        }
        STATE.set('down', state === 'up' ? down & ~(1 << i) : down | 1 << i);
        return wasUp !== (state === 'up');
    }

    return {look, fade, beginAnew, mark, STATE};
}

export default makeFleet;
