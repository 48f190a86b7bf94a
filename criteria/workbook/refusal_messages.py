"""Why a file as a whole is refused, in words, one entry per code."""

from __future__ import annotations

from criteria.workbook.messages import Message, Pair

_XLSX: Pair = ("由本批次模板填写的 .xlsx 工作簿", "an .xlsx workbook filled in from this batch's template")
_DOWNLOAD: Pair = (
    "请重新下载本批次模板，填写后另存为 .xlsx 再上传。",
    "Download this batch's template again, fill it in, save it as .xlsx and upload it.",
)
_RESAVE: Pair = (
    "请用 Excel 或 WPS 打开该文件，另存为“Excel 工作簿 (*.xlsx)”后再上传；如仍不行，请把内容复制到新下载的模板。",
    "Open the file in Excel or WPS, save it as “Excel Workbook (*.xlsx)” and upload it again; if that fails, copy the "
    "contents into a fresh template.",
)


def _kind(chinese: str, english: str) -> Message:
    return Message(
        (f"上传的文件是{chinese}，不是 Excel 工作簿。", f"The uploaded file is {english}, not an Excel workbook."),
        _XLSX,
        _DOWNLOAD,
    )


def _bound(chinese: str, english: str) -> Message:
    return Message((chinese, english), _XLSX, _DOWNLOAD)


REFUSALS: dict[str, Message] = {
    "empty_file": _bound("上传的文件是空的（0 字节）。", "The uploaded file is empty (0 bytes)."),
    "too_big": Message(
        ("文件有 {size} MB，超过上限 {limit} MB。", "The file has {size} MB, more than the limit of {limit} MB."),
        ("不超过 {limit} MB", "at most {limit} MB"),
        (
            "请删除工作簿中的图片和无关工作表；佐证材料请在“佐证材料”处单独上传。",
            "Remove pictures and sheets that do not belong; upload evidence separately.",
        ),
    ),
    "pdf": _kind(" PDF 文档", "a PDF document"),
    "image": _kind("图片", "a picture"),
    "archive": _kind("压缩包", "an archive"),
    "csv": _kind("文本或 CSV 文件", "a text or CSV file"),
    "html": _kind("网页（HTML）文件", "a web page (HTML)"),
    "xml_file": _kind(" XML 文件", "an XML file"),
    "word_document": _kind(" Word 文档", "a Word document"),
    "presentation": _kind("演示文稿", "a presentation"),
    "unknown_kind": _kind("无法识别的类型", "of an unknown kind"),
    "ods": Message(
        ("上传的是 OpenDocument 表格 (.ods)。", "The uploaded file is an OpenDocument spreadsheet (.ods)."),
        _XLSX,
        ("请另存为“Excel 工作簿 (*.xlsx)”后上传。", "Save it as “Excel Workbook (*.xlsx)” and upload that."),
    ),
    "xlsb": Message(
        ("上传的是二进制工作簿 (.xlsb)。", "The uploaded file is a binary workbook (.xlsb)."),
        _XLSX,
        ("请另存为“Excel 工作簿 (*.xlsx)”后上传。", "Save it as “Excel Workbook (*.xlsx)” and upload that."),
    ),
    "old_xls": Message(
        ("上传的是旧版 Excel 文件 (.xls)。", "The uploaded file is in the old Excel format (.xls)."),
        _XLSX,
        (
            "请用 Excel 或 WPS 打开，另存为“Excel 工作簿 (*.xlsx)”后上传；只改扩展名无效。",
            "Open it in Excel or WPS and save it as “Excel Workbook (*.xlsx)”; renaming the file is not enough.",
        ),
    ),
    "et_file": Message(
        ("上传的是 WPS 表格专用格式 (.et)。", "The uploaded file is in the WPS format .et."),
        _XLSX,
        ("请在 WPS 中另存为“Excel 文件 (*.xlsx)”后上传。", "Save it in WPS as “Excel file (*.xlsx)” and upload that."),
    ),
    "strict": Message(
        (
            "上传的是“Strict Open XML 电子表格”。",
            "The uploaded file is a “Strict Open XML Spreadsheet”.",
        ),
        _XLSX,
        (
            "请另存为普通的“Excel 工作簿 (*.xlsx)”后上传。",
            "Save it as the ordinary “Excel Workbook (*.xlsx)” and upload that.",
        ),
    ),
    "encrypted": Message(
        ("工作簿有打开密码，系统无法读取。", "The workbook is protected by a password and cannot be read."),
        ("没有密码的 .xlsx 工作簿", "an .xlsx workbook without a password"),
        (
            "请在“文件 › 信息 › 保护工作簿”中取消“用密码进行加密”，保存后再上传。",
            "Remove the password under File › Info › Protect Workbook, save and upload again.",
        ),
    ),
    "macros": Message(
        ("工作簿含有宏，系统不接受。", "The workbook contains macros, which are not accepted."),
        ("不含宏的 .xlsx 工作簿", "an .xlsx workbook without macros"),
        (
            "请另存为不含宏的“Excel 工作簿 (*.xlsx)”后上传。",
            "Save it as a macro-free “Excel Workbook (*.xlsx)” and upload that.",
        ),
    ),
    "embedded": Message(
        (
            "工作簿内嵌了其他文件、控件或动态数据链接：{part}。",
            "The workbook embeds another file, a control or a live data link: {part}.",
        ),
        ("只含表格的 .xlsx 工作簿", "an .xlsx workbook that holds tables only"),
        ("请删除内嵌对象后再上传；佐证材料请单独上传。", "Remove the embedded object; upload evidence separately."),
    ),
    "damaged": Message(
        (
            "文件已损坏或不完整，无法读取（{reason}）。",
            "The file is damaged or incomplete and cannot be read ({reason}).",
        ),
        _XLSX,
        _RESAVE,
    ),
    "part_missing": Message(
        ("文件不完整，缺少部分 {part}。", "The file is incomplete: the part {part} is missing."), _XLSX, _RESAVE
    ),
    "part_doubled": Message(
        ("文件中 {part} 出现两次，内容不确定。", "The part {part} occurs twice; its content is uncertain."),
        _XLSX,
        _RESAVE,
    ),
    "part_name": Message(
        ("文件内部路径不合法：{part}。", "The file holds an illegal internal path: {part}."), _XLSX, _RESAVE
    ),
    "no_sheets": _bound("工作簿中没有工作表。", "The workbook has no worksheet."),
    "zip_bomb": _bound(
        "文件解压后异常庞大（{part}），已拒绝读取。",
        "The file grows abnormally when unpacked ({part}) and was not read.",
    ),
    "zip_overlap": _bound(
        "文件内部数据重叠（{part}），已拒绝读取。", "Parts of the file overlap ({part}); it was not read."
    ),
    "too_many_parts": _bound(
        "文件内含 {count} 个部分，超过上限 {limit}。", "The file holds {count} parts, more than the limit of {limit}."
    ),
    "too_many_elements": _bound(
        "文件部分 {part} 的内容超过上限 {limit} 个元素。", "The part {part} holds more than {limit} elements."
    ),
    "too_many_names": _bound(
        "工作簿定义了 {count} 个名称，超过上限 {limit}。", "The workbook defines {count} names, more than {limit}."
    ),
    "too_many_styles": _bound(
        "工作簿有 {count} 种单元格格式，超过上限 {limit}。", "The workbook has {count} cell formats, more than {limit}."
    ),
    "too_many_cells": _bound(
        "工作簿的单元格超过上限 {limit} 个。", "The workbook holds more than the limit of {limit} cells."
    ),
    "too_much_text": _bound("工作簿中的文字过多。", "The workbook holds too much text."),
    "text_too_long": Message(
        (
            "工作表“{sheet}”单元格 {cell} 的文字超过 {limit} 个字符。",
            "Sheet “{sheet}”, cell {cell}: the text exceeds {limit} characters.",
        ),
        ("不超过 {limit} 个字符", "at most {limit} characters"),
        ("请缩短该单元格的文字。", "Shorten the text of that cell."),
    ),
    "bad_address": Message(
        (
            "工作表“{sheet}”中有不存在的单元格地址 {address}。",
            "Sheet “{sheet}” holds a cell address that does not exist: {address}.",
        ),
        _XLSX,
        _RESAVE,
    ),
    "cell_doubled": Message(
        (
            "工作表“{sheet}”的单元格 {cell} 在文件中出现两次，内容不确定。",
            "Sheet “{sheet}”: cell {cell} occurs twice in the file; its content is uncertain.",
        ),
        _XLSX,
        _RESAVE,
    ),
    "dtd": _bound(
        "文件部分 {part} 含有文档类型声明（DTD），出于安全已拒绝读取。",
        "The part {part} holds a document type declaration (DTD) and was refused for safety.",
    ),
    "not_our_template": Message(
        (
            "这不是本系统“{title}”的模板：文件中没有模板编号。",
            "This is not the template “{title}”: the file carries no template number.",
        ),
        _XLSX,
        (
            "请下载本批次模板，把数据粘贴为数值后上传。",
            "Download this batch's template, paste your figures into it as values and upload that.",
        ),
    ),
    "other_batch": Message(
        ("这是另一批次的模板（{found}）。", "This is the template of another batch ({found})."),
        ("本批次的模板 {expected}", "this batch's template {expected}"),
        _DOWNLOAD,
    ),
    "other_rules": Message(
        (
            "模板的规则版本或年度与本批次不同（{found}）。",
            "The template belongs to another rule edition or year ({found}).",
        ),
        ("本批次的模板 {expected}", "this batch's template {expected}"),
        _DOWNLOAD,
    ),
    "template_altered": Message(
        (
            "模板编号相同但校验码不符（{found}），该模板已被替换或改动。",
            "The template number fits but its checksum does not ({found}): it was replaced or altered.",
        ),
        ("校验码 {expected}", "checksum {expected}"),
        _DOWNLOAD,
    ),
    "marks_disagree": Message(
        (
            "工作簿混有不同模板的工作表：“{sheet}”的模板编号或校验码为 {found}。",
            "The workbook mixes sheets of different templates: sheet “{sheet}” is marked {found}.",
        ),
        ("所有工作表都来自 {expected}", "all sheets from {expected}"),
        _DOWNLOAD,
    ),
    "too_much_memory": _bound(
        "读取该文件需要的内存超过上限，已停止。", "Reading the file needs more memory than allowed; it was stopped."
    ),
    "too_slow": _bound(
        "读取该文件用时超过上限，已停止。", "Reading the file took longer than allowed; it was stopped."
    ),
    "unreadable": Message(
        (
            "文件内容异常，无法读取；情况已记录。",
            "The file's content is abnormal and cannot be read; this was recorded.",
        ),
        _XLSX,
        _RESAVE,
    ),
}
