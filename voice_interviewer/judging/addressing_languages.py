"""The commonest orders to a grader in other languages than English.

Of two kinds: to drop the rules, and to give credit; a command and what it is about within one
clause. The lists are short: they know what is copied about in a few languages, not all that can be
said. What mostly keeps an answer in another language from credit is that it proves nothing of a
rubric that is in English.
"""

from __future__ import annotations

import re

# By language: a command, and what makes it one to the grader.
_ORDERS = (
    # German
    (
        r"ignorier(?:e|en sie|t)|vergiss|vergessen sie|missachte(?:n sie)?",
        r"anweisung\w*|anleitung\w*|regeln|rubrik|bewertungs\w+|kriterien|vorgaben",
    ),
    (
        r"bewerte(?:n sie)?|gib|geben sie|markiere(?:n sie)?|werte(?:n sie)?",
        r"als erfüllt|volle punkt\w+|alle punkte|bestnote|höchste note",
    ),
    # French
    (
        r"ignorez|oublie[zr]?|ne tenez pas compte",
        r"instructions|consignes?|barème|grille|critères?|règles",
    ),
    (
        r"mettez|mets|donnez|donne|marque[zr]?|notez|accordez|considére[zr]?",
        r"critères? (?:\w+ )*remplis?|comme remplis?|note maximale|tous les points|meilleure note",
    ),
    # Spanish and Portuguese
    (
        r"ignor(?:a|e|ad|en)|olvid(?:a|e|ad|en)|esqueç[ao]m?|desconsidere",
        r"instrucciones|instruções|criterios|critérios|rúbrica|reglas|regras",
    ),
    (
        r"marca|marque|dame|dadme|deme|dê-me|ponme|pon|ponga|califica|considera",
        r"como cumplid[oa]s?|como cumprid[oa]s?|puntuación máxima|todos los puntos|nota máxima|"
        r"todos os pontos",
    ),
    # Italian
    (r"ignora(?:te)?|dimentica(?:te)?", r"istruzioni|criteri|regole|griglia"),
    (
        r"segna(?:te)?|dammi|datemi|valuta(?:te)?|metti",
        r"come soddisfatt[oi]|punteggio (?:massimo|pieno)|tutti i punti|voto massimo",
    ),
    # Dutch
    (r"negeer|vergeet", r"instructies?|regels|criteria|opdrachten"),
    (r"geef|markeer|beoordeel", r"als voldaan|als behaald|alle punten|volle punten"),
    # Polish
    (r"z?ignoruj(?:cie)?|zapomnij(?:cie)?", r"instrukcje|polecenia|kryteria|zasady"),
    (r"oznacz|daj|przyznaj", r"jako spełnion[ea]|maksymaln\w+|wszystkie punkty"),
)
_BEFORE = r"(?:^|\| |\b(?:und|et|y|e|en|i) )(?:(?:bitte|por favor|per favore|proszę) )?"

OTHER_LANGUAGES: tuple[re.Pattern[str], ...] = (
    *(re.compile(rf"{_BEFORE}(?:{order}) [^|]*?\b(?:{about})\b") for order, about in _ORDERS),
    # Chinese and Japanese, which put no spaces between words.
    re.compile(r"(?:忽略|无视|忽視|無視).{0,12}(?:指示|指令|规则|規則|标准|標準|提示|ルール|基準)"),
    re.compile(r"(?:判为|判定为|评为|标记为|给我|打).{0,6}(?:满足|满分|通过|合格)"),
    re.compile(r"(?:満点|合格)(?:に|と).{0,8}(?:して|採点|評価)"),
)
