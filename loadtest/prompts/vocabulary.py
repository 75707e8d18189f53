"""Words for made prompts: short and common, so that most tokenizers spend one token on ` word`."""

from __future__ import annotations

from typing import Final

OPENING: Final = "Text"
"""Every text begins with it: a template may strip the space that the other words begin with."""

_LIST: Final = """
able about above act add after again age air all also always and animal answer any appear apple
area arm art ask away baby back bad ball band bank base bear beat beauty bed been before began
begin behind best better big bird black blood blow blue board boat body bone book born both box
boy bread break bring broke brown build burn busy but buy call came camp can car card care carry
case cat catch cause cell cent chair chance change charge check chief child choose church city
claim class clean clear climb close cloth cloud coast coat cold color column come common company
control cook cool copy corn corner cost could count country course cover cross crowd cry current
cut dad dance danger dark day dead deal dear death decide deep degree depend desert design did
die differ direct doctor does dog dollar done door double down draw dream dress drink drive drop
dry during each ear early earth ease east eat edge effect egg eight either end enemy energy engine
enough enter equal even event ever every exact except expect eye face fact fair fall family famous
far farm fast fat father fear feed feel feet fell few field fight figure fill final find fine
finger finish fire first fish fit five flat floor flow flower fly follow food foot for force
forest form forward found four free fresh friend from front fruit full fun game garden gas gather
gave general gentle get girl give glad glass go gold gone good got govern grand grass gray great
green grew ground group grow guess guide gun had hair half hand happen happy hard has hat have he
head hear heart heat heavy held help her here high hill him his history hit hold hole home hope
horse hot hour house how huge human hundred hunt hurry ice idea if in inch industry insect iron
island job join joy jump just keep kept key kill kind king knew know lady lake land language large
last late laugh law lay lead learn least leave led left leg length less let letter level lie life
lift light like line liquid list listen little live locate log lone long look lost lot loud love low
"""

WORDS: Final = tuple(f" {word}" for word in _LIST.split())
