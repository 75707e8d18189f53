// Who is asking: the name beside the digest of the key that was sent, "" for a key nobody has.
//
// Only digests are kept and compared, so how long a comparison takes tells nothing about a key. Where njs has memory
// that the workers share they are in there, and a key that isn't known yet is looked for in the file at once; older
// releases keep nothing from one request to the next and read the file at every request (key_file.js).
//
// This file is made anew for every request: it holds what all of them need, and no more (routing/route.js).

import crypto from 'crypto';
import makeKeyFile from './key_file.js';

function tenant(r) {
    const key = sentKey(r);
    return key ? nameOf(r, key, 'api_keys') : '';
}

// Anthropic's clients send the key in a header of its own.
function sentKey(r) {
    const sent = r.headersIn.Authorization;
    if (sent && sent.startsWith('Bearer ')) {
        return sent.slice(7);
    }
    const bearer = /^Bearer +(\S+)$/i.exec(sent || '');
    return bearer ? bearer[1] : r.headersIn['X-Api-Key'] || '';
}

function nameOf(r, key, table) {
    const digest = crypto.createHash('sha256').update(key).digest('hex');
    const known = ngx.shared && ngx.shared[table];
    const name = known ? known.get(digest) : '';
    return name || makeKeyFile(r.variables[`${table}_file`], known).name(digest);
}

export default {tenant, sentKey, nameOf};
