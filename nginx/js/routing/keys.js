// What a request has in common with others: {conversation, prefixes}. `conversation` is the same for all turns of one, ""
// where unknown; `prefixes` are the beginnings it shares with others, the most specific first, [{kind, name}] with the
// kinds cache_key, user, document and system. Whatever can't be read gives fewer keys, never an error.
//
// Made when it is called for: see route.js.

import makeJson from './json.js';
import makeParameters from './parameters.js';

function makeKeys() {
    // Nothing beyond is looked at, so that no body takes long.
    const WINDOW = 65536;
    // A first message that is longer is a document, which others may ask about too; so much of it is compared.
    const DOCUMENT = 512;
    const LONG_DOCUMENT = 2048;
    // A first message that is longer tells no conversations apart.
    const LONGEST_MESSAGE = 8192;
    // A body of unusual shape is parsed if it isn't longer.
    const LONGEST_UNUSUAL = 32768;
    // A system prompt is worth a placement if it is so much of the body.
    const WORTH = 0.25;
    // A shorter stretch before the first message is punctuation.
    const SHORTEST_SYSTEM = 64;
    const LIST = 91;

    const json = makeJson();
    const parameters = makeParameters(json);

    function read(r) {
        try {
            // A body too long for memory lies in a file without a name: to read it is to read all of it.
            const whole = r.variables.request_body_file ? undefined : r.requestBuffer;
            return whole && whole.length ? ofBody(whole) : {conversation: '', prefixes: []};
        } catch (error) {
            return {conversation: '', prefixes: []};
        }
    }

    function ofBody(whole) {
        const body = whole.length > WINDOW ? whole.subarray(0, WINDOW) : whole;
        const first = beginning(body);
        if (first) {
            return {conversation: conversation(body, first), prefixes: prefixes(body, first, whole)};
        }
        return whole.length > LONGEST_UNUSUAL ? {conversation: '', prefixes: []} : ofBody(rewritten(whole));
    }

    // {list, user, before, from, end}: where the messages begin, where the first one of a user says so, what it shows
    // before its first text (a picture) and where that lies; `end` is -1 where unknown. A prompt is one message. null
    // for messages in an unusual form.
    function beginning(body) {
        const messages = json.value(body, '"messages"', 0);
        if (messages >= 0) {
            return inList(body, messages);
        }
        const input = json.value(body, '"input"', 0);
        if (input >= 0 && body[input] === LIST && body.indexOf('"role"', input) >= 0) {
            return inList(body, input);
        }
        const at = [input, json.value(body, '"prompt"', 0), json.value(body, '"text"', 0)].find((place) => place >= 0);
        return prompt(body, at);
    }

    // A string, or a list of strings or of tokens, of which the first counts.
    function prompt(body, at) {
        const from = body[at] === LIST ? json.next(body, at + 1) : at;
        const end = body[from] === json.QUOTE ? json.stringEnd(body, from + 1) : body.indexOf(']', from);
        return {list: at, user: at, before: '', from, end};
    }

    function inList(body, list) {
        const user = body[list] === LIST ? body.indexOf('"user"', list) : -1;
        const name = user < 0 ? -1 : json.next(body, user + 6);
        if (name < 0 || body.toString('utf8', name, name + 9) !== '"content"') {
            return null;
        }
        const at = json.value(body, '"content"', name);
        const text = body[at] === LIST ? json.value(body, '"text"', at) : at;
        if (body[text] !== json.QUOTE) {
            return null;
        }
        return {list, user, before: json.sample(body, at, text), from: text + 1, end: json.stringEnd(body, text + 1)};
    }

    // As most clients would have written it.
    function rewritten(body) {
        const said = JSON.parse(body.toString());
        const messages = (said.messages || said.input).map((one) => ({role: one.role, content: one.content}));
        return Buffer.from(JSON.stringify({
            prompt_cache_key: said.prompt_cache_key, user: said.user, instructions: said.instructions,
            system: said.system, messages,
        }));
    }

    function conversation(body, first) {
        const isKnown = first.end >= 0 && first.end - first.from <= LONGEST_MESSAGE;
        return isKnown ? `c${first.user - first.list}:${first.before}${json.sample(body, first.from, first.end)}` : '';
    }

    function prefixes(body, first, whole) {
        const given = parameters.read(whole, first.list);
        const found = given.key ? [{kind: given.kind, name: `k${given.key}`}] : [];
        if (first.user - first.list > SHORTEST_SYSTEM) {
            given.system += json.sample(body, first.list, first.user);
            given.size += first.user - first.list;
        }
        const size = (first.end < 0 ? body.length : first.end) - first.from;
        if (size > DOCUMENT) {
            const compared = first.from + (size > LONG_DOCUMENT ? LONG_DOCUMENT : DOCUMENT);
            found.push({kind: 'document', name: `d${given.system}${first.before}${json.sample(body, first.from, compared)}`});
        }
        if (given.size > WORTH * whole.length) {
            found.push({kind: 'system', name: `t${given.system}`});
        }
        return found;
    }

    return {read};
}

export default makeKeys;
