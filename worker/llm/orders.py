"""Orders to a model, as they might stand in a title or an abstract.

One pattern a line; ``%NAME%`` stands for a list of words in ``_WORDS``. Latin patterns are written
without accents and tried on folded copies of the text: accents gone, lookalike letters of other
scripts as Latin ones, digits inside words as the letters they stand for, spread letters together.
Patterns of other scripts are tried on the text in NFKC. Every gap in a pattern is bounded.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product

from paperlark.tex.characters import visible
from worker.llm import cues

_WORDS = {
    "TEN": r"\b(?:10|ten|9|nine|100|highest|maxim\w*|max|full|perfect|top|best)\b",
    "LOW": r"\b(?:0|1|one|zero|low|lowest|minim\w*|worst|irrelevant|reject\w*|spam|duplicates?)\b",
    "MODEL": r"(?:ai|llms?|language models?|chatgpt|gpt\S{0,3}|claude|gemini|assistant|bot)",
    "JUDGE": r"(?:reviewer|grader|judge|evaluator|scorer|rater)s?",
    "RULES": r"\b(?:instructions?|prompts?|rules|rubric|guidelines|orders|commands?)\b",
    "IGNORE": r"\b(?:ignor\w+|disregard|forget|overrid\w+|bypass|discard|skip|drop)\b",
    "WHICH": r"\b(?:previous|prior|above|earlier|preceding|all|any|your|these|every|other)\b",
    "PRAISE": r"(?:positive|favou?rable|glowing|excellent|enthusiastic)",
    "REVIEW": r"(?:review|rating|evaluation|assessment|feedback|recommendation|score|grade)s?\b",
    "RATE": r"\b(?:rate|score|grade|rank|give|assign|award|mark)\b",
    "THIS": r"(?:this|it|us|me|papers?|every|all|each|entry|number|(?:the|our|my|a) \w+)\b",
    "OTHERS": r"(?:other|others|remaining|following|preceding|neighbou?ring|next)",
    "ITEMS": r"(?:papers?|entry|entries|items?|submissions?|abstracts?)",
    "AXIS": r"\b(?:relevance|novelty|rating|grade)s?(?: scores?| grades?)?",
    "IS": r"(?: ?[=:] ?|,? (?:is|are|must be|should be|of|to|as)(?: exactly| at least)? )",
    "KEY": r"[\"'“”]?(?:g|i|r|n|w|k|relevance|novelty|scores?|grades?|results?)[\"'“”]?",
    "MARK": r"(?:s|think|system|assistant|user|papers?|profile|code|end|data|\w+_of_turn)",
    "NOW": r"(?:now |then |always |instead,? )?",
    "TAG": r"(?:script|img|iframe|div|span|style|svg|meta|html|body|b|i|p|a|br|font)",
}

_LATIN = {
    "it gives orders to a language model": r"""
\b%IGNORE%.{0,40}%WHICH%.{0,30}%RULES%
\b(?:ignore|forget|disregard) (?:everything|all|what)\b.{0,20}\b(?:above|before|said|told)
\bas an? %MODEL%\b[^.]{0,30}, ?(?:you|i|please|it is)\b
\byou are (?:now|no longer|an?|the|my|dan|free|being)\b|\bif you are (?:an?|the|reading)\b
\byou (?:must|shall|have to|are required|are instructed|are asked|may not)\b
\byour (?:previous|last|final|instructions?|task|answer|output|response)\b
\byour (?:rubric|role|guidelines|grades?|system prompt)\b
\b(?:note|message|instructions?|dear|hey|hi|hello|reminder)(?: the| all)?:? (?:%MODEL%|model)\b
\b(?:note|message|attention|dear|hello)(?: to| for)?(?: the| all| any)?:? (?:\w+ )?%JUDGE%
\b%MODEL% (?:%JUDGE% )?(?:shall|please|must (?:give|rate|answer))\b|\b%JUDGE%, please
\b%MODEL% (?:systems? |%JUDGE% )?reading this\b|\bto whom(?:ever)? grades\b
\b(?:pretend|imagine)(?: that)? you\b|\bact as (?:if|my|dan)\b|\blet us play\b|\byou play\b
\b(?:developer|god|debug|admin|maintenance|dan|test) mode (?:is |has been )?(?:on|enabled|activ\w+)
\b(?:begin|end of|my|your|reveal|print|repeat)(?: the)? (?:system )?(?:instructions|prompt)\b
\b(?:new|updated?|revised|actual|real) (?:system )?(?:instructions?|prompt|task) ?:
\bsystem (?:prompt|message|override|note|notice|instruction)s?\s*[:>\]=-]
\bend of (?:the )?(?:papers?|data|abstract|input|document|user)\b|\bsudo\b
\b(?:stop|skip|abort|cancel) (?:grading|scoring|rating|reviewing|the evaluation)\b
\bdo not (?:grade|rate|answer|mention any|highlight any|follow the|tell the)\b
\b(?:repeat|reveal|print|echo|leak|translate) (?:the |your |all )?(?:words |text )?(?:above|prompt)
\b(?:system prompt|please|this (?:paper|work|submission|abstract) (?:deserves|merits|should be))\b
\b(?<=[.!?:] )%NOW%(?:output|answer|respond|reply|give|rate|assign|write)\b
\b(?<=[.!?:] )%NOW%(?:ignore|forget|disregard|grade|add|begin|end|copy)\b
\b(?:reveal|print|echo|leak|copy) (?:the |your )?(?:instructions|rubric|profile|system)\b
\bonly (?:an? |give (?:an? )?)?%PRAISE% %REVIEW%|\b%PRAISE% %REVIEW% only\b
\b(?:give|write|provide|leave|generate)(?: only)?(?: an?)? %PRAISE% (?:\w+ )?%REVIEW%
\brecommend (?:accept\w*|this paper|publication)\b|\bstrong accept\b
\b(?:ignorier\w*|vergiss|vergesse\w*|missachte\w*)\b.{0,50}(?:anweisung|vorgabe|regel)
\b(?:ignor\w+|oubli\w+|negligez|faites abstraction)\b.{0,50}(?:consigne|instruction|regle)
\b(?:ignor\w+|olvid\w+|omit\w+|haz caso omiso)\b.{0,50}(?:instrucc|reglas|indicaci)
\b(?:ignor\w+|esquec\w+|desconsider\w+)\b.{0,50}(?:instruco|regras|orientac)
\b(?:ignor\w+|dimentic\w+|trascur\w+)\b.{0,50}(?:istruzion|regole|indicazion)
\b(?:negeer|vergeet)\b.{0,50}(?:instructie|regels|opdracht)
\b(?:zignoruj\w*|pomin\w*|zapomnij)\b.{0,50}(?:instrukcj|polece|regul)
\btalimat\w*.{0,40}(?:yok ?say|gormezden|unut)""",
    "it asks for a grade": r"""
\b%RATE% (?:an? )?%THIS%[^.]{0,60}(?:%TEN%|%LOW%)[^.]{0,30}(?:relevan|novel|scale|score|grade)
\b%RATE% (?:this paper|this|it|papers?)(?: as| with| an?| at| \d+){0,3} (?:10|ten|one)\b
\b(?:give|assign|award)\b[^.]{0,40}\b(?:10|ten|maximum|full|perfect) (?:score|grade|mark|rating)
\b%AXIS%%IS%[\"']?(?:10|ten|9|nine|1)\b(?![.%\d])
\b(?:relevance|novelty)\W{1,5}(?:10|ten|9|nine|full|maximal)\b(?![.%\d])
\b(?:scor|grad)(?:er|ing (?:model|pipeline|system))s?\b(?=[,:]| (?:must|shall|should|treats?|will))
\bscores? (?:of )?(?:10|ten)\b(?![.%\d,-])(?! (?:point|percent|differ|model|task|data))
\b10 ?(?:/|out of|von|sur|de|su|z) ?10\b
\b(?:all|every|the|any)(?: the)? %OTHERS% %ITEMS%\b[^.]{0,70}%LOW%
\b%ITEMS% (?:number )?#?\d+\b[^.]{0,50}(?:%LOW%|%TEN%)
\b(?:bewerte\w*|vergib|vergeben|gib|geben sie)\b.{0,60}\b(?:10|zehn|hochst\w*|voll\w*)\b
\b(?:donne\w*|attribue\w*|notez|accorde\w*)\b.{0,60}\b(?:10|dix|maximale?|meilleure)\b
\b(?:dale|asign[ae]\w*|otorg\w+|calific\w+|puntu\w+)\b.{0,60}\b(?:10|diez|maxim[ao]\w*)\b
\b(?:atribu[ai]\w*|avali\w+)\b.{0,60}\b(?:10|dez|maxim[ao]\w*)\b
\b(?:assegn\w+|valut\w+|dai)\b.{0,60}\b(?:10|dieci|massim\w+)\b""",
    "it imitates an answer": r"""
[{,]\s*%KEY%\s*:\s*[\[\d\"{]
\[\s*\d{1,3}\s*,\s*\d{1,2}\s*,\s*\d{1,2}\s*\]\s*,\s*\[\s*\d{1,3}\s*,\s*\d{1,2}\s*,
\[\s*\d{1,3}\s*,\s*(?:9|10)\s*,\s*(?:9|10)\s*\]
\b(?:answer|reply|respond|output|return)\b[^.]{0,40}\b(?:json|only|exactly)\b.{0,40}[\[{\"]""",
    "it holds mark-up or marks of a chat": r"""
<[|｜/!]|<<+/?sys|\[/?inst\]|\[system|<%MARK%\b[^<>]{0,40}>|</?[b-df-hj-np-tv-z]\w{3,4} (?:\d+|end)>
<%TAG%\b[^<>]{0,200}>|\]\((?:https?:|javascript:|data:)|javascript:|\\(?:text)?color\{white\}
#{2,} ?(?:system|instructions?|response|user|assistant|human|new|end)\b|```|-{3,} ?end\b
(?:^|[.\n}\]])\s*(?:system|assistant|user|developer|human|operator) ?:\s
display ?: ?none|font-size ?: ?0|color ?: ?white
@(?:everyone|here|channel|all)\b|<[@#]""",
    "it holds encoded text": r"""
[a-z0-9+/]{60,}={0,2}|(?:\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|&#x?[0-9a-f]+;){3,}
\b(?:decode|decipher) (?:this|the following|and (?:follow|obey))\b|\b(?:rot13|base64) ?:""",
}

_OTHER = {
    "it gives orders to a language model": r"""
(?:忽略|无视|無視|忘记|忘記|忽視).{0,15}(?:指令|指示|提示|规则|規則|要求)
(?:指示|命令|プロンプト|ルール).{0,12}(?:無視|忘れ)
(?:지시|명령|지침|프롬프트|규칙).{0,12}(?:무시|잊)
(?:игнориру|проигнориру|забуд|не обраща)\w*.{0,40}(?:инструкц|указани|правил|команд)
(?:تجاهل|انس).{0,40}(?:التعليمات|الأوامر|السابق)
निर्देश.{0,25}(?:अनदेखा|नज़रअंदाज़|भूल)
התעל.{0,30}הוראות""",
    "it asks for a grade": r"""
(?:给|給|打|评|評).{0,14}(?:10|十|满|滿|最高) ?分|満点|最高点|10 ?点|만점|최고점|10 ?점
(?:поставь|оцени|присвой|дай)\w*.{0,40}(?:10|десят|максим|высш)""",
}
_FOREIGN = re.compile("[\u0400-\u052f\u0590-\u10ff\u3040-\ud7ff]")
_MOST_FOREIGN = 12  # letters; more than a name or a quoted word takes
_LANGUAGE = "it is not in English"
_ABOUT = "it talks about its own grade"

_LOOKALIKES = str.maketrans(
    "авеѕіјкмнорстухԁɡʟոԛԝһαεικνορτυχγæø", "abesijkmhopctyxdglnqwhaeiknoptuxyao"
)
_LEET = str.maketrans("013457$@", "oieastsa")
_MIXED = re.compile(r"\b(?=\w{0,8}[\d$@][a-z])[\w$@]{4,}")
_SPREAD = re.compile(r"(?<=\b\w)[ .*_-](?=\w\b)")


def _compiled(table: dict[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((clause, _pattern(lines)) for clause, lines in table.items())


def _pattern(lines: str) -> re.Pattern[str]:
    filled = "|".join(lines.strip("\n").split("\n"))
    for name, words in _WORDS.items():
        filled = filled.replace(f"%{name}%", words)
    begins = filled.startswith(r"\b")  # tested once instead of by each line: four times as fast
    return re.compile(rf"\b(?:{filled})" if begins else filled)


_LATIN_PATTERNS = _compiled(_LATIN)
_OTHER_PATTERNS = _compiled(_OTHER)


@lru_cache(8192)  # some milliseconds each; profiles, and the runs of one trial, share papers
def found(text: str) -> str | None:
    """What in the text looks like an order to a model, as a clause for people; None for nothing.

    Args:
        text: as it came, title and abstract.
    """
    plain = unicodedata.normalize("NFKC", visible(text)).casefold()
    tried = (*product(_folded(plain), _LATIN_PATTERNS), *product((plain,), _OTHER_PATTERNS))
    for copy, (clause, pattern) in tried:
        if pattern.search(copy):
            return clause
    if len(_FOREIGN.findall(plain)) > _MOST_FOREIGN or cues.foreign(_folded(plain)[0]):
        return _LANGUAGE
    return _ABOUT if cues.graded(_folded(plain)[0]) else None


def _folded(plain: str) -> tuple[str, ...]:
    """The text as Latin patterns read it, and where they differ, copies with its tricks undone."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    straight = bare.translate(_LOOKALIKES)
    together = _MIXED.sub(lambda word: word[0].translate(_LEET), _SPREAD.sub("", straight))
    return (straight,) if together == straight else (straight, " ".join(together.split()))
