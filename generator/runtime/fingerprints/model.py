"""What a model's hub, token and files leave in a log (SGLang 0.5.23, huggingface_hub)."""

from __future__ import annotations

from generator.runtime.fingerprints.fingerprint import Fingerprint, known

FINGERPRINTS: tuple[Fingerprint, ...] = (
    known(
        r"gatedrepoerror|gated repo|access denied\. .*requires approval|access to model .* is restricted",
        "the model is gated and this token has no access to it",
        "accept its terms on the hub with the token's account, and give the token in the spec's token file",
    ),
    known(
        r"invalid user token|invalid credentials in authorization header|user access token .*(?:expired|invalid)",
        "the hub does not accept the token",
        "make a new token and write it into the spec's token file",
    ),
    known(
        r"revisionnotfounderror|revision (?:'[^']*' )?not found|invalid rev id",
        "the model has no such revision",
        "correct the revision in deployment.yaml",
    ),
    known(
        r"repositorynotfounderror|repository not found|model '[^']*' not found|404 client error",
        "the hub has no such model, or hides it from this token",
        "check the handle's spelling; a private model needs a token",
    ),
    known(
        r"401 client error|403 client error",
        "the hub refuses the download",
        "give a token with access to the model in the spec's token file",
    ),
    known(
        r"localentrynotfounderror|local entry not found|offlinemodeisenabled|couldn't connect to 'https://|"
        r"temporary failure in name resolution|name or service not known",
        "the model hub can't be reached from here",
        "check the network and HF_ENDPOINT, or name a local checkpoint_path",
    ),
    known(
        r"permission ?error.*?'([^']+)'|permission denied: '?([^'\n]+)",
        "no permission for {}",
        "make it readable for the container's user, see `ls -ln`",
    ),
    known(
        r"does not appear to have a file named (\S+)|no such file or directory: '([^']*config\.json)'",
        "the model directory has no {}",
        "point checkpoint_path at a directory in Hugging Face format",
    ),
    known(
        r"is not a local folder and is not a valid model identifier|hfvalidationerror|repo id must be",
        "the model path does not exist inside the container",
        "check checkpoint_path (or the handle) in deployment.yaml",
    ),
    known(
        r"trust_remote_code=true",
        "the model brings its own code",
        "read that code, then allow it with --trust-remote-code in extra_args",
    ),
    known(
        r"valueerror: .*context_length .* is greater than the derived",
        "the context length is more than the model was made for",
        "lower context_length",
    ),
)
