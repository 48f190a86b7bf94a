"""Why a cell or the arrangement of a sheet is faulty, in words, one entry per code."""

from __future__ import annotations

from criteria.workbook.messages import Message, Pair

_NUMBER: Pair = ("数字，单位：{unit}", "a number in {unit}")
_TEXT: Pair = ("文字", "text")
_AS_VALUES: Pair = (
    "请复制该单元格，用“选择性粘贴 › 数值”粘贴回来，或直接输入数字。",
    "Copy the cell and paste it back with “Paste Special › Values”, or type the number.",
)
_TYPE_NUMBER: Pair = (
    "请只输入阿拉伯数字，如 1234.5；没有则填 0；说明文字请写在附件里。",
    "Type digits only, such as 1234.5; type 0 where there is none; put remarks into an attachment.",
)
_FRESH: Pair = (
    "请勿改动灰色的代码、项目、单位和表头；请重新下载模板，把填写内容粘贴过去。",
    "Do not change the grey codes, labels, units and headers; paste your answers into a fresh template.",
)
_AS_TEXT: Pair = (
    "请先把单元格格式设为“文本”，再重新输入完整代码。",
    "Set the cell's format to “Text” first, then type the whole code again.",
)
_UNHIDE: Pair = (
    "请取消隐藏（选中相邻行或列，右键“取消隐藏”），核对后再上传。",
    "Unhide it (select the neighbouring rows or columns, right-click “Unhide”), check it and upload again.",
)
_CREDIT_CODE: Pair = ("18 位统一社会信用代码", "a unified social credit code of 18 characters")

CELL_MESSAGES: dict[str, Message] = {
    "required": Message(
        ("{code} {name}：必填，但没有填写。", "{code} {name}: required but empty."),
        ("必须填写", "an answer"),
        ("请填写该单元格；数值为零请填 0。", "Fill in the cell; type 0 for zero."),
    ),
    "text_for_number": Message(
        ("{code} {name}：应填数字，读到的是“{read}”。", "{code} {name}: a number is expected, “{read}” was read."),
        _NUMBER,
        _TYPE_NUMBER,
    ),
    "not_a_number": Message(
        ("{code} {name}：“{read}”不是有效的数字。", "{code} {name}: “{read}” is not a valid number."),
        _NUMBER,
        _TYPE_NUMBER,
    ),
    "unit_unclear": Message(
        (
            "{code} {name}：“{read}”带有单位“{written}”，无法确定如何换算成{unit}。",
            "{code} {name}: “{read}” carries the unit “{written}”, which cannot be converted to {unit} for certain.",
        ),
        _NUMBER,
        ("请换算成{unit}后只填数字。", "Convert it to {unit} and type the number only."),
    ),
    "error_cell": Message(
        ("{code} {name}：单元格是错误值 {read}。", "{code} {name}: the cell holds the error value {read}."),
        ("正确的值", "a proper value"),
        ("请改正公式或直接输入数值。", "Correct the formula or type the value."),
    ),
    "formula": Message(
        (
            "{code} {name}：单元格是公式“{read}”，系统不采用公式。",
            "{code} {name}: the cell holds the formula “{read}”.",
        ),
        ("数值，不是公式", "a value, not a formula"),
        _AS_VALUES,
    ),
    "formula_without_value": Message(
        (
            "{code} {name}：公式“{read}”没有保存计算结果。",
            "{code} {name}: the formula “{read}” has no stored result.",
        ),
        ("数值，不是公式", "a value, not a formula"),
        _AS_VALUES,
    ),
    "formula_mismatch": Message(
        (
            "{code} {name}：公式“{read}”应得 {computed}，文件里保存的却是 {stored}。",
            "{code} {name}: the formula “{read}” gives {computed}, but the file stores {stored}.",
        ),
        ("与公式一致的数值", "a value that agrees with the formula"),
        _AS_VALUES,
    ),
    "negative": Message(
        ("{code} {name}：不能为负数，读到的是 {read}。", "{code} {name}: must not be negative, {read} was read."),
        ("不小于 0 的数字，单位：{unit}", "a number of at least 0, in {unit}"),
        ("请核对正负号。", "Check the sign."),
    ),
    "not_integer": Message(
        ("{code} {name}：应为整数，读到的是 {read}。", "{code} {name}: a whole number is expected, {read} was read."),
        ("整数，单位：{unit}", "a whole number in {unit}"),
        ("请填整数，不要带小数。", "Type a whole number without decimals."),
    ),
    "too_many_places": Message(
        (
            "{code} {name}：最多 {places} 位小数，单元格实际存储的是 {value}（显示的位数可能较少）。",
            "{code} {name}: at most {places} decimals; the cell stores {value} (it may show fewer).",
        ),
        ("最多 {places} 位小数，单位：{unit}", "at most {places} decimals, in {unit}"),
        ("请四舍五入到 {places} 位小数后重新输入。", "Round it to {places} decimals and type it again."),
    ),
    "date_for_number": Message(
        (
            "{code} {name}：应填数字，单元格却是日期格式（存储值 {read}）。",
            "{code} {name}: a number is expected, but the cell is formatted as a date (stored {read}).",
        ),
        _NUMBER,
        ("请把单元格格式改为“数值”，再重新输入。", "Set the cell's format to “Number” and type it again."),
    ),
    "percent_for_number": Message(
        (
            "{code} {name}：应填{unit}数，读到的是百分比“{read}”。",
            "{code} {name}: a number in {unit} is expected, the percentage “{read}” was read.",
        ),
        _NUMBER,
        ("请把单元格格式改为“数值”，填实际数额。", "Set the cell's format to “Number” and type the amount itself."),
    ),
    "percent_doubtful": Message(
        (
            "{code} {name}：读到 {read}，即 {read}%。是否本想填 {read} × 100？",
            "{code} {name}: {read} was read, that is {read} %. Was {read} × 100 meant?",
        ),
        ("百分数，3 表示 3%", "percent points, 3 means 3 %"),
        (
            "如确为 {read}% 无需改动；否则请填百分数，如 3。",
            "Leave it if {read} % is right; else type percent points, such as 3.",
        ),
        asks=True,
    ),
    "control_character": Message(
        ("{code} {name}：文字中有不可见的控制字符。", "{code} {name}: the text holds invisible control characters."),
        ("普通文字", "plain text"),
        ("请清除内容后重新输入，不要从网页直接粘贴。", "Clear the cell and type the text again."),
    ),
    "answer_too_long": Message(
        (
            "{code} {name}：文字有 {length} 个字符，超过上限 {limit}。",
            "{code} {name}: the text has {length} characters, more than {limit}.",
        ),
        ("不超过 {limit} 个字符", "at most {limit} characters"),
        ("请缩短文字。", "Shorten the text."),
    ),
    "number_for_text": Message(
        (
            "{code} {name}：应填文字，读到的是日期、百分比或逻辑值（存储值 {read}）。",
            "{code} {name}: text is expected; a date, percentage or truth value was read (stored {read}).",
        ),
        _TEXT,
        _AS_TEXT,
    ),
    "code_as_number": Message(
        (
            "{code} {name}：代码被存成了数值（{read}），前导零或末尾数字可能已丢失。",
            "{code} {name}: the code is stored as a number ({read}); leading zeros or last digits may be lost.",
        ),
        ("以文本存储的代码", "a code stored as text"),
        _AS_TEXT,
    ),
    "uscc_length": Message(
        (
            "{code} {name}：统一社会信用代码应为 18 位，读到 {length} 位“{read}”。",
            "{code} {name}: a credit code has 18 characters, “{read}” has {length}.",
        ),
        _CREDIT_CODE,
        ("请对照营业执照逐位核对。", "Compare it with the business licence, sign by sign."),
    ),
    "uscc_form": Message(
        (
            "{code} {name}：“{read}”含有信用代码不允许的字符（不使用 I、O、S、V、Z）。",
            "{code} {name}: “{read}” holds characters that a credit code never has (no I, O, S, V, Z).",
        ),
        _CREDIT_CODE,
        (
            "请对照营业执照逐位核对，注意数字 0 和字母 O。",
            "Compare it with the business licence; mind digit 0 and letter O.",
        ),
    ),
    "uscc_check": Message(
        (
            "{code} {name}：“{read}”的校验位不符（GB 32100）：前 17 位对应的末位是 {expected}，读到的是 {last}。",
            "{code} {name}: the check character of “{read}” is wrong (GB 32100): the first 17 call for {expected}, "
            "{last} was read.",
        ),
        _CREDIT_CODE,
        (
            "请对照营业执照逐位核对，其中至少有一位写错。",
            "Compare it with the business licence; at least one sign is wrong.",
        ),
    ),
    "not_a_choice": Message(
        ("{code} {name}：“{read}”不在可选项中。", "{code} {name}: “{read}” is not one of the choices."),
        ("下列之一：{choices}", "one of: {choices}"),
        ("请从下拉列表中选择。", "Choose from the drop-down list."),
    ),
    "not_yes_or_no": Message(
        (
            "{code} {name}：应填“是”或“否”，读到的是“{read}”。",
            "{code} {name}: yes or no is expected, “{read}” was read.",
        ),
        ("是 或 否", "是 (yes) or 否 (no)"),
        ("请从下拉列表中选择。", "Choose from the drop-down list."),
    ),
    "not_a_date": Message(
        (
            "{code} {name}：“{read}”不是明确的日期（年月日都要有，年份四位）。",
            "{code} {name}: “{read}” is no unambiguous date (year of four digits, month and day).",
        ),
        ("日期，如 2024-03-15", "a date such as 2024-03-15"),
        ("请按 2024-03-15 的形式填写。", "Write it as 2024-03-15."),
    ),
    "hidden_row": Message(
        (
            "第 {line} 行被隐藏，但其中填有内容（{code} {name}：“{read}”）。",
            "Row {line} is hidden but holds an answer ({code} {name}: “{read}”).",
        ),
        ("填有内容的行必须可见", "rows with answers must be visible"),
        _UNHIDE,
    ),
    "hidden_column": Message(
        (
            "{line} 列被隐藏，但其中填有内容（{code} {name}：“{read}”）。",
            "Column {line} is hidden but holds an answer ({code} {name}: “{read}”).",
        ),
        ("填有内容的列必须可见", "columns with answers must be visible"),
        _UNHIDE,
    ),
    "hidden_sheet": Message(
        (
            "工作表“{sheet}”被隐藏，但其中填有内容（{code} {name}：“{read}”）。",
            "Sheet “{sheet}” is hidden but holds an answer ({code} {name}: “{read}”).",
        ),
        ("填有内容的工作表必须可见", "sheets with answers must be visible"),
        ("请右键任一工作表标签，选择“取消隐藏”。", "Right-click a sheet tab and choose “Unhide”."),
    ),
    "not_asked": Message(
        (
            "{code} {name}：该年度不需要填写，读到的“{read}”未被采用。",
            "{code} {name}: this year is not asked for; “{read}” was not taken.",
        ),
        ("留空", "an empty cell"),
        ("请确认没有填错行或列；无误可不处理。", "Make sure that it is not in the wrong row or column."),
        asks=True,
    ),
    "code_missing": Message(
        (
            "找不到代码 {code}（{name}）：该行或该列被删除，或代码被改动。",
            "Code {code} ({name}) was not found: its row or column was deleted or its code changed.",
        ),
        ("代码 {code}", "code {code}"),
        _FRESH,
    ),
    "code_doubled": Message(
        (
            "代码 {code}（{name}）出现不止一次，第一次在 {first}，无法确定以哪个为准。",
            "Code {code} ({name}) occurs more than once, first at {first}; it is uncertain which one counts.",
        ),
        ("代码 {code} 只出现一次", "code {code} once only"),
        ("请删除复制出来的行、列或工作表。", "Delete the copied row, column or sheet."),
    ),
    "head_missing": Message(
        ("表头中找不到“{head}”列。", "The header has no column “{head}”."),
        ("表头“{head}”", "the header “{head}”"),
        _FRESH,
    ),
    "head_doubled": Message(
        ("表头“{head}”出现不止一次，无法确定以哪一列为准。", "The header “{head}” occurs more than once."),
        ("表头“{head}”只出现一次", "the header “{head}” once only"),
        _FRESH,
    ),
    "label_changed": Message(
        (
            "代码 {code} 的项目名称被改为“{read}”，模板是“{expected}”。",
            "The label of code {code} was changed to “{read}”; the template says “{expected}”.",
        ),
        ("{expected}", "{expected}"),
        _FRESH,
    ),
    "unit_changed": Message(
        (
            "代码 {code} 的单位被改为“{read}”，模板是“{expected}”，数值的单位因此不确定。",
            "The unit of code {code} was changed to “{read}”; the template says “{expected}”, so its size is open.",
        ),
        ("{expected}", "{expected}"),
        ("请恢复单位“{expected}”，并按该单位填写数值。", "Restore the unit “{expected}” and give the figure in it."),
    ),
    "annex_torn": Message(
        (
            "{name}：表头代码不在同一行或同一张工作表。",
            "{name}: the codes of the header are not in one row of one sheet.",
        ),
        ("代码行完整", "the row of codes in one piece"),
        _FRESH,
    ),
    "annex_too_long": Message(
        ("填写了 {count} 行，超过上限 {limit} 行。", "{count} lines were filled in, more than the limit of {limit}."),
        ("不超过 {limit} 行", "at most {limit} lines"),
        ("请合并或删减，只保留主要内容。", "Merge or shorten; keep the most important lines."),
    ),
    "annex_gap": Message(
        ("第 {first} 至 {last} 行是空行，后面还有内容。", "Rows {first} to {last} are empty, yet more lines follow."),
        ("连续填写", "lines without gaps"),
        ("如无漏填，可不处理。", "Leave it if nothing was forgotten."),
        asks=True,
    ),
    "witnesses_disagree": Message(
        (
            "{code} {name}：按代码和年份应在 {cell}，但模板为它定义的名称指向 {named}，单元格可能被剪切移动过。",
            "{code} {name}: by code and year it belongs at {cell}, but its defined name points to {named}; the cell "
            "may have been cut and moved.",
        ),
        ("代码与名称指向同一单元格", "code and defined name at the same cell"),
        (
            "请用“撤销”恢复，或在新下载的模板中重新填写；移动数据请用复制，不要用剪切。",
            "Undo the move or fill in a fresh template; copy figures, do not cut them.",
        ),
    ),
    "external_links": Message(
        (
            "工作簿含有指向其他文件的链接，链接内容不会被读取。",
            "The workbook links to other files; these are not read.",
        ),
        ("没有外部链接", "no links to other files"),
        ("请在“数据 › 编辑链接”中断开链接。", "Break the links under Data › Edit Links."),
        asks=True,
    ),
    "change_not_allowed": Message(
        (
            "{code} {name}：本次只能修改退回意见所列内容，此处原为“{before}”，现为“{read}”。",
            "{code} {name}: only what was returned for correction may change; here “{before}” became “{read}”.",
        ),
        ("{before}", "{before}"),
        (
            "请恢复为“{before}”；确需修改请联系受理部门。",
            "Restore “{before}”; ask the accepting authority if it must change.",
        ),
    ),
}
