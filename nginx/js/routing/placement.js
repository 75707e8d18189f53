// Where a request goes that is not the next turn of a known conversation: to the replica that holds most of its prompt,
// unless that one is too busy.
//
// A shared beginning (what a client's own key groups, a document, a tenant's system prompt) has homes, the replicas that
// hold it, and a count of the requests for it lately. A replica is crowded when it has many more requests open than the
// others, and overused when it got more of the last ones than its share. When all homes are one or the other
//
//   a document      that is rarely asked for moves away for good, a popular one gets another home
//   a system prompt gets another home, and loses those it did not need lately
//
// docs/benchmarks/edge.md tells what the numbers were tuned on. Made when it is called for: see route.js.

import makeFleet from './fleet.js';
import makeKeys from './keys.js';

function makePlacement() {
    const PLACES = ngx.shared.places;
    // Requests open, as a multiple of the mean and some more, beyond which a replica is crowded. Another home costs a
    // system prompt once, but a document in each that is asked for rarely.
    const CROWDED = {system: 2, document: 1.5, cache_key: 1.5, user: 1.5};
    const CROWDED_SPARE = {system: 4, document: 9, cache_key: 9, user: 9};
    // Requests received lately, as a multiple of the mean and some more, beyond which it is overused.
    const SHARE = 1.06;
    const SPARE = {system: 10, document: 32, cache_key: 32, user: 32};
    // A document is popular when it alone makes more than this share of what one replica should get, a system prompt
    // sooner: then it has less to spare, for it will need another home anyway.
    const POPULAR = 1.1;
    const POPULAR_SYSTEM = {share: 0.8, more: 2, spare: 4};
    // Weight of open requests against recent ones when the least busy replica is looked for.
    const OPEN_WEIGHT = 1;
    // An entry of a shared beginning in one number: age, count and set of homes.
    const HOMES = 65536;
    const COUNTS = 4096;
    const AGES = 256;

    const fleet = makeFleet();
    const seen = fleet.look();
    const meanOpen = seen.opened / seen.usable.length;
    const meanRecent = seen.received / seen.usable.length;

    // {replica, key, affinity}; null when no replica is well and has room. `affinity` is hit for a home, moved for a
    // conversation that can't stay where it was, else miss. Remembers what is decided.
    function settle(r, session, conversation, place) {
        if (!seen.usable.length) {
            return null;
        }
        const keys = makeKeys().read(r);
        const entries = keys.prefixes.map((prefix) => entry(PLACES.get(prefix.name)));
        const kinds = keys.prefixes.map((prefix) => prefix.kind);
        const homes = entries.map((found, i) => homeFor(found, kinds[i]));
        const at = homes.findIndex((home) => home >= 0);
        const replica = at < 0 ? leastBusy(seen.usable) : homes[at];
        keys.prefixes.forEach((prefix, i) => PLACES.set(prefix.name, packed(entries[i], replica)));
        const own = conversation || keys.conversation;
        if (own) {
            PLACES.set(own, replica);
        }
        fleet.fade(seen);
        return {
            replica,
            key: at < 0 ? (session ? 'header' : kinds[0] || (own ? 'conversation' : 'none')) : kinds[at],
            affinity: place !== undefined ? 'moved' : at < 0 ? 'miss' : 'hit',
        };
    }

    // The home that takes the request, -1 when none does; then `found` loses those it should leave.
    function homeFor(found, kind) {
        const homes = seen.usable.filter((i) => found.homes >> i & 1);
        if (!homes.length) {
            return -1;
        }
        const home = leastBusy(homes);
        const isOverused = seen.recent[home] > meanRecent * SHARE + spare(found, kind);
        if (!isOverused && seen.open[home] <= meanOpen * CROWDED[kind] + CROWDED_SPARE[kind]) {
            return home;
        }
        if (kind !== 'system' && found.count <= POPULAR * meanRecent) {
            found.homes = 0;
        }
        return -1;
    }

    function spare(found, kind) {
        const isPopular = kind === 'system' && found.count > meanRecent * POPULAR_SYSTEM.share + POPULAR_SYSTEM.more;
        return isPopular ? POPULAR_SYSTEM.spare : SPARE[kind];
    }

    function leastBusy(among) {
        const busy = (i) => OPEN_WEIGHT * seen.open[i] / (meanOpen + 1) + seen.recent[i] / (meanRecent + 1);
        return among.reduce((best, i) => (busy(i) < busy(best) ? i : best), among[0]);
    }

    // {homes, count} now: a count halves when those of the replicas do.
    function entry(number) {
        if (number === undefined) {
            return {homes: 0, count: 0, passed: 0};
        }
        const homes = number % HOMES;
        const rest = (number - homes) / HOMES;
        const count = rest % COUNTS;
        const passed = (seen.age % AGES + AGES - (rest - count) / COUNTS) % AGES;
        return {homes, count: count >> Math.min(passed, 12), passed};
    }

    function packed(found, replica) {
        const homes = (found.passed ? 0 : found.homes) | 1 << replica;
        return ((seen.age % AGES) * COUNTS + Math.min(found.count + 1, COUNTS - 1)) * HOMES + homes;
    }

    return {settle};
}

export default makePlacement;
