"""A product with Assent in it, in one file: it supplies who somebody is, what they are shown, and who was there.

    uvicorn examples.service:app

A login in front of it sets the header `X-User` to `person@account`. Whoever joins a meeting is shown the notice, and
that is recorded; the roster is the product's own list of participants; refusing costs nobody their minutes.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse

from assent import Assistant, ConsentRequired, Roster, Store, Transcript, Turn

app = FastAPI()
store = Store()  # under $ASSENT_HOME
meetings: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)  # (host account, meeting): account of each person


def user(x_user: Annotated[str, Header()]) -> tuple[str, str]:
    person, _, account = x_user.partition("@")
    if not (person and account):
        raise HTTPException(401, "log in first")
    return person, account


User = Annotated[tuple[str, str], Depends(user)]


@app.post("/{host}/{meeting}/join")
def join(host: str, meeting: str, who: User) -> dict[str, str]:
    person, account = who
    served = store.consent.serve(person, account, host)
    meetings[host, meeting][person] = account
    return {"notice": store.consent.text(served.fields["sha256"]), "to say no": f"POST /{host}/object"}


@app.post("/{host}/object")
def say_no(host: str, who: User) -> dict[str, Any]:
    return store.consent.object(who[0], host).json()


@app.post("/{host}/{meeting}/summary")
def summary(host: str, meeting: str, turns: list[dict[str, str]], who: User) -> dict[str, Any]:
    here = meetings[host, meeting]
    if who[1] != host or who[0] not in here:
        raise HTTPException(403, "only a member of the host account who takes part may ask")
    entries = [{"person": one, "account": account, "participant_ids": [one]} for one, account in here.items()]
    roster = Roster.model_validate({"entries": entries})
    transcript = Transcript(tuple(Turn(turn["name"], turn["text"], participant_id=turn["id"]) for turn in turns))
    minutes = Assistant(store, account=host, user=who[0], roster=roster).summarize(transcript, meeting=meeting)
    return {"minutes": minutes.json(), "stored": minutes.consent}


@app.exception_handler(ConsentRequired)
def not_enabled(_request: Request, error: ConsentRequired) -> JSONResponse:
    return JSONResponse({"error": str(error)}, 403)
