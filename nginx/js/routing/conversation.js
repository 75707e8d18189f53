// The key of a conversation, read from a request's body where it lies: nothing is decoded or parsed.
//
// A quoted word like "messages" can't occur inside a JSON string, where its quotes would be escaped: finding it is
// enough to know that it is a name or a whole value. The key is the length and some bytes of what lies before the
// first message of a user, and the length and three samples of that message: numbered prompts differ at their beginning
// alone. Two conversations that have it in common only share a replica.
//
// "" for a body that isn't written as most clients do, `{..."messages":[...{"role":"user","content":"...`, with or without
// spaces after colons and commas: keys.js reads the others. This file is made for each request (see route.js), and each
// function in it costs as much as a look into shared memory: hence two long ones.

const PLACES = ngx.shared && ngx.shared.places;

// Of a longer message the end is not looked for: it is a document, and tells no conversations apart.
const LONGEST = 8192;

function key(r) {
    const body = r.variables.request_body_file ? undefined : r.requestBuffer;
    const name = body && body.length ? body.indexOf('"messages":') : -1;
    const list = name + (name >= 0 && body[name + 11] === 32 ? 12 : 11);
    if (name < 0 || body[list] !== 91) {
        return '';
    }
    // Without a system prompt the "u" of "user" stands here.
    const first = body[list + 10] === 117 ? list + 9 : body[list + 11] === 117 ? list + 10 : 0;
    const system = first ? '' : body.toString('base64', list + 60, list + 84);
    const user = first || afterSystem(body, list, system);
    const from = user + (body[user + 16] === 58 ? 18 : 20);
    // A comma behind "user", and from `from` on what `"content":"` begins.
    if (user < 0 || body[user + 6] !== 44 || body[from - 1] !== 34 || body[from - (body[from - 2] === 32 ? 4 : 3)] !== 34) {
        return '';
    }
    let end = body.indexOf('"', from);
    while (body[end - 1] === 92 && end - from < LONGEST) {
        end = body.indexOf('"', end + 1);
    }
    const length = end - from;
    if (end < 0 || length > LONGEST) {
        return '';
    }
    const middle = from + (length >> 1);
    return `${user - list}${system}.${length}.` + (length < 72 ? body.toString('base64', from, end)
        : body.toString('base64', from, from + 24) + body.toString('base64', middle, middle + 24)
        + body.toString('base64', end - 24, end));
}

// Where the first "user" stands, -1 without one. What lies before is a system prompt, long and the same for many
// requests: its length is remembered for some bytes of it, and looked at before it is searched for.
function afterSystem(body, list, system) {
    const length = PLACES ? PLACES.get(`o${system}`) : undefined;
    if (length !== undefined && body.toString('hex', list + length, list + length + 6) === '227573657222') {
        return list + length;
    }
    const user = body.indexOf('"user"', list);
    if (PLACES && user >= 0) {
        PLACES.set(`o${system}`, user - list);
    }
    return user;
}

export default {key};
